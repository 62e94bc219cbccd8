//! What an operator watches, counted where it happens and read at `/metrics`. Names and labels hold nothing about a person.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// From an answer out of memory to one that is given up, in seconds.
const LATENCY_BUCKETS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Commands in one commit.
const BATCH_BUCKETS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// A handle; clones count into the same numbers.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    requests: Family<RequestLabels, Histogram>,
    connections: Gauge,
    turned_away: Counter,
    queue: Gauge,
    batches: Histogram,
    refused_full: Counter,
    listeners: Gauge,
    readers_waiting: Gauge,
    registry: Registry,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabels {
    /// As it is registered, `/api/v1/orders/{id}`: a label for each address ever asked for would grow without end.
    pub route: String,
    pub method: &'static str,
    /// `2xx`
    pub status: &'static str,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process));
        let ours = registry.sub_registry_with_prefix("shanhai");
        let requests = Family::new_with_constructor((|| Histogram::new(LATENCY_BUCKETS)) as fn() -> Histogram);
        let help = "Time until an answer began, by route, method and class of status";
        ours.register_with_unit("http_request_duration", help, Unit::Seconds, requests.clone());
        let gauge = |registry: &mut Registry, name, help| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let counter = |registry: &mut Registry, name, help| {
            let counter: Counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let batches = Histogram::new(BATCH_BUCKETS);
        ours.register("writer_batch_size", "Commands committed together", batches.clone());
        Metrics(Arc::new(Counts {
            requests,
            connections: gauge(ours, "open_connections", "Connections being served"),
            turned_away: counter(ours, "connections_turned_away", "Connections over the limit, answered 503 at once"),
            queue: gauge(ours, "writer_queue_length", "Commands waiting for the writer"),
            batches,
            refused_full: counter(ours, "writer_refused_full", "Commands refused because the queue was full"),
            listeners: gauge(ours, "live_listeners", "Live streams being listened to"),
            readers_waiting: gauge(ours, "readers_waiting", "Questions waiting for a reader of the database"),
            registry,
        }))
    }
}

impl Metrics {
    /// Everything counted so far, in Prometheus' text format.
    ///
    /// # Errors
    /// Never in practice: it is written into memory.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0.registry)?;
        Ok(text)
    }

    pub fn answered(&self, labels: &RequestLabels, took: Duration) {
        self.0.requests.get_or_create(labels).observe(took.as_secs_f64());
    }

    pub fn connected(&self) -> Counted {
        Counted::one(&self.0.connections)
    }

    pub fn turned_away(&self) {
        self.0.turned_away.inc();
    }

    /// A command is about to be put into the writer's queue. Either [`Metrics::taken`] or [`Metrics::refused_full`] follows.
    pub fn queued(&self) {
        self.0.queue.inc();
    }

    /// The writer took a command out of the queue.
    pub fn taken(&self) {
        self.0.queue.dec();
    }

    /// So many commands were put into one transaction.
    pub fn committing(&self, batch: usize) {
        self.0.batches.observe(batch as f64);
    }

    /// The queue had no room for the command that [`Metrics::queued`] announced.
    pub fn refused_full(&self) {
        self.0.queue.dec();
        self.0.refused_full.inc();
    }

    pub fn listening(&self) -> Counted {
        Counted::one(&self.0.listeners)
    }

    /// To be dropped when the reader has been found.
    pub fn reader_waiting(&self) -> Counted {
        Counted::one(&self.0.readers_waiting)
    }
}

/// One of something, counted until it is dropped.
#[derive(Debug)]
pub struct Counted(Gauge);

impl Counted {
    fn one(gauge: &Gauge) -> Counted {
        gauge.inc();
        Counted(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What the operating system and the build say of this process, asked when it is read.
#[derive(Debug)]
struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let one = ConstGauge::new(1_i64);
        let mut build =
            encoder.encode_descriptor("shanhai_build_info", "The running build", None, one.metric_type())?;
        one.encode(build.encode_family(&[("version", env!("CARGO_PKG_VERSION"))])?)?;
        if let Some(bytes) = resident_memory() {
            let bytes = ConstGauge::new(bytes);
            let help = "Resident memory";
            let unit = Some(&Unit::Bytes);
            bytes.encode(encoder.encode_descriptor("process_resident_memory", help, unit, bytes.metric_type())?)?;
        }
        Ok(())
    }
}

/// In bytes. None where there is no `/proc`.
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_what_was_queued_and_neither_taken_nor_refused() {
        let metrics = Metrics::default();
        for _ in 0..5 {
            metrics.queued();
        }
        (0..3).for_each(|_| metrics.taken());
        metrics.committing(3);
        metrics.refused_full();
        let text = metrics.text().expect("text");
        for line in [
            "shanhai_writer_queue_length 1\n",
            "shanhai_writer_refused_full_total 1\n",
            "shanhai_writer_batch_size_sum 3",
            "shanhai_writer_batch_size_bucket{le=\"4\"} 1\n",
            "shanhai_build_info{version=\"",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn a_listener_is_counted_while_it_is_held() {
        let metrics = Metrics::default();
        let listener = metrics.clone().listening();
        assert!(metrics.text().expect("text").contains("shanhai_live_listeners 1\n"));
        drop(listener);
        assert!(metrics.text().expect("text").contains("shanhai_live_listeners 0\n"));
    }
}
