//! What a JPEG's markers tell before it is decoded. The decoder paints grey over what is missing and is content; and it
//! goes over the whole picture once for each scan, however many there are.
//!
//! Source: ITU-T T.81, annex B.

use domain::Refusal;
use domain::photo;

use super::unreadable;

/// Encoders write ten or so; a file with thousands is made to keep us busy.
const MOST_SCANS: usize = 40;

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the file reaches the end of its picture, in a decent number of scans. What follows the end, as phones append
/// films to their photos, is nobody's business.
pub fn check_whole(file: &[u8]) -> Result<(), Refusal> {
    let mut scans = 0;
    // Behind the two bytes every JPEG begins with.
    let mut at = 2;
    while let Some((marker, behind)) = next_marker(file, at) {
        match marker {
            END_OF_IMAGE if scans > 0 => return Ok(()),
            // Without a segment: restarts and fillers.
            0x01 | 0xd0..=0xd8 => at = behind,
            END_OF_IMAGE => break,
            _ => {
                scans += usize::from(marker == START_OF_SCAN);
                if scans > MOST_SCANS {
                    return Err(unreadable());
                }
                let Some(length) = length_at(file, behind) else { break };
                at = behind + length;
            }
        }
    }
    Err(photo::broken())
}

/// The next marker from a place on, and the place behind it. Data between markers is stepped over: a byte of 0xff in it is
/// followed by a zero, or is a filler.
fn next_marker(file: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += memchr::memchr(0xff, file.get(at..)?)? + 1;
        match *file.get(at)? {
            0x00 => at += 1,
            0xff => {}
            marker => return Some((marker, at + 1)),
        }
    }
}

/// The length of a segment, its own two bytes included.
fn length_at(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_be_bytes(bytes))).filter(|length| *length >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of so many scans; no decoder would find anything in it.
    fn jpeg(scans: usize) -> Vec<u8> {
        let mut file = b"\xff\xd8\xff\xe0\x00\x04\xff\xd9\xff\xff\xdb\x00\x03\x01".to_vec();
        for _ in 0..scans {
            file.extend(b"\xff\xda\x00\x03\x01data\xff\x00more\xff\xd0data");
        }
        file.extend(b"\xff\xd9");
        file
    }

    #[test]
    fn a_photo_that_is_cut_off_is_found() {
        let whole = jpeg(2);
        assert_eq!(check_whole(&whole), Ok(()));
        for length in 2..whole.len() {
            assert_eq!(check_whole(&whole[..length]), Err(photo::broken()), "cut after {length}");
        }
        assert_eq!(check_whole(&jpeg(0)), Err(photo::broken()), "a picture of no scan");
        assert_eq!(
            check_whole(b"\xff\xd8\xff\xda\x00\x01\xff\xd9"),
            Err(photo::broken()),
            "a segment shorter than its length"
        );
    }

    #[test]
    fn what_follows_the_picture_is_not_looked_at() {
        let mut file = jpeg(1);
        file.extend(b"\xff\xda<script>");
        assert_eq!(check_whole(&file), Ok(()));
    }

    #[test]
    fn a_photo_of_a_thousand_scans_is_not_decoded() {
        assert_eq!(check_whole(&jpeg(MOST_SCANS)), Ok(()));
        assert_eq!(check_whole(&jpeg(1000)), Err(unreadable()));
    }
}
