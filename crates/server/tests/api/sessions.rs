//! Signing in and out.

use domain::organisation::Role;
use domain::wire::Session;
use reqwest::Method;

use crate::site::{Answer, PASSWORD, Person, Site};

#[tokio::test]
async fn who_signs_in_is_known_by_name_role_and_organisation() {
    let site = Site::open().await;
    let answer = site.visitor().try_password("zhenhai.officer", PASSWORD).await;
    let session: Session = answer.json();
    assert_eq!(answer.status, 201);
    assert_eq!(session.role, Role::UnionOfficer);
    assert_eq!(session.organisation.name, "镇海区示例石化工会联合会");
    assert_eq!(session.district.as_ref().map(|district| district.id.as_str()), Some("zhenhai"));
    assert_eq!(session.members, Some(2860));
    let officer = Person { cookie: Some(answer.cookie()), ..site.visitor() };
    assert_eq!(officer.get("/sessions/current").await.json::<Session>(), session);
    // Blanks around a login come from copying it.
    assert_eq!(site.visitor().try_password(" zhenhai.officer ", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_refused_with_the_same_words() {
    let site = Site::open().await;
    let wrong = site.visitor().try_password("zhenhai.officer", "shanhai-2025").await;
    let unknown = site.visitor().try_password("zhenhai.nobody", PASSWORD).await;
    assert_eq!(wrong.refused(401, "sign_in_failed"), unknown.refused(401, "sign_in_failed"));
    assert_eq!((wrong.header("set-cookie"), unknown.header("set-cookie")), (None, None));
    // Nor does a part of the password open, nor the password in other letters.
    for password in ["shanhai", "SHANHAI-2026", "shanhai-2026 "] {
        site.visitor().try_password("zhenhai.officer", password).await.refused(401, "sign_in_failed");
    }
}

#[tokio::test]
async fn empty_fields_are_named() {
    let site = Site::open().await;
    let long = "很".repeat(201);
    for (login, password, field) in [
        ("", PASSWORD, "login"),
        ("  ", PASSWORD, "login"),
        ("zhenhai.officer", "", "password"),
        (&long, PASSWORD, "login"),
        ("zhenhai.officer", &long, "password"),
    ] {
        site.visitor().try_password(login, password).await.refused_at(422, "bad_field", field);
    }
}

#[tokio::test]
async fn scripts_and_foreign_pages_cannot_use_the_cookie() {
    let attributes = |answer: &Answer| -> Vec<String> {
        let cookie = answer.header("set-cookie").expect("a cookie");
        cookie.split("; ").skip(1).map(str::to_owned).collect()
    };
    let site = Site::open().await;
    let answer = site.visitor().try_password("zhenhai.officer", PASSWORD).await;
    assert_eq!(attributes(&answer), ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=50400"]);
    assert!(!answer.text().contains(answer.cookie().split_once('=').expect("a pair").1), "the token is in no body");

    let behind_tls = Site::open_with(&["--no-sample", "--secure-cookie"]).await;
    let answer = behind_tls.visitor().try_password("zhenhai.officer", PASSWORD).await;
    assert_eq!(attributes(&answer), ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=50400", "Secure"]);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let site = Site::open().await;
    let (at_work, on_phone) =
        (site.sign_in_afresh("zhenhai.officer").await, site.sign_in_afresh("zhenhai.officer").await);
    let answer = at_work.sign_out().await;
    assert_eq!(answer.status, 204);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("shanhai_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    for path in ["/sessions/current", "/orders"] {
        at_work.get(path).await.refused(401, "sign_in_needed");
        assert_eq!(on_phone.get(path).await.status, 200);
    }
    at_work.sign_out().await.refused(401, "sign_in_needed");
}

#[tokio::test]
async fn the_eleventh_wrong_try_is_not_even_looked_at() {
    let site = Site::open().await;
    let visitor = site.visitor();
    for _ in 0..10 {
        visitor.try_password("zhenhai.officer", "guess").await.refused(401, "sign_in_failed");
    }
    let eleventh = visitor.try_password("zhenhai.officer", "guess").await;
    eleventh.refused(429, "too_many_tries");
    assert!(eleventh.header("retry-after").is_some());
    visitor.try_password("zhenhai.officer", PASSWORD).await.refused(429, "too_many_tries");
    visitor.try_password(" zhenhai.officer", PASSWORD).await.refused(429, "too_many_tries");
    assert_eq!(visitor.try_password("zhenhai.chair", PASSWORD).await.status, 201, "others are not hindered");
    let before = site.sign_in("zhenhai.officer").await;
    assert_eq!(before.get("/sessions/current").await.status, 200, "nor is who was signed in already");
}

#[tokio::test]
async fn guessing_all_at_once_gets_no_more_tries_than_one_after_another() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let guesses = (0..24).map(|_| visitor.try_password("zhenhai.officer", "guess"));
    let answers = futures::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    let stopped = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((looked_at, stopped), (10, 14));
}

#[tokio::test]
async fn signing_in_often_is_no_guessing() {
    let site = Site::open().await;
    for _ in 0..12 {
        assert_eq!(site.visitor().try_password("zhenhai.officer", PASSWORD).await.status, 201);
    }
}

#[tokio::test]
async fn a_session_survives_a_restart_of_the_server() {
    let site = Site::open().await;
    let before = site.sign_in_afresh("zhenhai.officer").await;
    let session: Session = before.get("/sessions/current").await.json();
    let site = site.restart().await;
    let after = Person { cookie: before.cookie, ..site.visitor() };
    assert_eq!(after.get("/sessions/current").await.json::<Session>(), session);
}

#[tokio::test]
async fn what_stands_in_the_table_of_sessions_opens_nothing() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let cookie = officer.cookie.clone().expect("a cookie");
    let token = cookie.split_once('=').expect("a pair").1;
    for forged in [server::password::token_hash(token), String::new(), token.to_uppercase(), format!("{token}x")] {
        let thief = Person { cookie: Some(format!("shanhai_session={forged}")), ..site.visitor() };
        thief.get("/sessions/current").await.refused(401, "sign_in_needed");
    }
    let among_others = Person { cookie: Some(format!("theme=dark; {cookie}; lang=zh")), ..site.visitor() };
    assert_eq!(among_others.get("/sessions/current").await.status, 200);
}

#[tokio::test]
async fn a_visitor_sees_the_market_and_nothing_else() {
    let site = Site::open().await;
    let id = server::id::new();
    assert_eq!(site.visitor().get("/products").await.status, 200);
    for (method, path) in [
        (Method::GET, "/sessions/current".to_owned()),
        (Method::DELETE, "/sessions/current".to_owned()),
        (Method::GET, "/orders".to_owned()),
        (Method::POST, "/orders".to_owned()),
        (Method::GET, format!("/orders/{id}")),
        (Method::POST, format!("/orders/{id}/actions")),
        (Method::GET, "/tally".to_owned()),
        (Method::GET, "/tally/events".to_owned()),
        (Method::GET, "/sales".to_owned()),
        (Method::POST, format!("/sales/{id}/reversal")),
    ] {
        let answer = Answer::to(site.visitor().request(method, &path)).await;
        answer.refused(401, "sign_in_needed");
        assert!(!answer.header("cache-control").is_some_and(|kept| kept.contains("public")), "{path}");
    }
}
