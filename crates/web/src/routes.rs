//! All addresses, and the layers around them.
//!
//! Invariant: every handler that is not public asks for an `As` of its right; the matrix in the tests shows this.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state, map_request, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnFailure, DefaultOnResponse, TraceLayer};
use tracing::Level;

use crate::access::{Anyone, As};
use crate::app::{App, Reached};
use crate::error::{OWN_PASSWORD, Problem};
use crate::page::{Page, not_done, problem_page};
use crate::sizes::FORM;
use crate::{api, assets, metrics, pages, recorded};

/// How long a request may take; longer work is a background job.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same for requests that write the papers of a large run, or receive a large upload.
const LONG_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The content security policy: nothing from elsewhere, nothing inline, no embedding.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// All pages.
pub fn router(app: App) -> Router {
    let limited = Router::new()
        .merge(pages::login::routes())
        .merge(pages::overview::routes())
        .merge(pages::language::routes())
        .merge(api::routes())
        .merge(pages::desk::routes())
        .merge(pages::audit::routes())
        .merge(pages::accesses::routes())
        .merge(pages::me::routes())
        .merge(pages::factor::routes())
        .merge(pages::prove::routes())
        .merge(pages::settings::routes())
        .merge(pages::users::routes())
        .merge(pages::waiting::routes())
        .merge(pages::cases::routes())
        .merge(pages::import::routes())
        .merge(pages::guard::routes())
        .merge(pages::runs::routes())
        .merge(pages::refunds::routes())
        .merge(pages::statements::routes())
        .merge(pages::corrections::routes())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(DefaultBodyLimit::max(FORM));
    let patient = Router::new()
        .merge(pages::audit::patient_routes())
        .merge(pages::import::patient_routes())
        .merge(pages::guard::patient_routes())
        .merge(pages::runs::patient_routes())
        .merge(pages::refunds::patient_routes())
        .merge(api::patient_routes())
        .merge(api::uploads())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONG_PATIENCE));
    let router = limited
        .merge(patient)
        // inside the layers, which render it as a page
        .fallback(nowhere)
        .layer(from_fn_with_state(app.clone(), pages::prove::first))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), as_the_reader_reads))
        .route("/assets/{name}", get(assets::show))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::show))
        .layer(from_fn_with_state(app.clone(), metrics::count));
    guarded(router, app.reached()).with_state(app)
}

/// Adds headers that stop a browser from doing what no page needs, ids for the log, and an answer even after a panic.
fn guarded(router: Router<App>, reached: Reached) -> Router<App> {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let request_id = HeaderName::from_static("x-request-id");
    let router = router
        .layer(CatchPanicLayer::new())
        .layer(fixed(CONTENT_SECURITY_POLICY, POLICY))
        .layer(fixed(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(REFERRER_POLICY, "same-origin"))
        .layer(fixed(CACHE_CONTROL, "no-store"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"));
    let router = match reached.is_encrypted() {
        true => router.layer(fixed(STRICT_TRANSPORT_SECURITY, "max-age=31536000")),
        false => router,
    };
    let traced = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_response(DefaultOnResponse::new().level(Level::INFO))
        .on_failure(DefaultOnFailure::new().level(Level::ERROR));
    let router = match reached.is_encrypted() {
        true => router.layer(map_response(by_https_alone)),
        false => router,
    };
    router
        .layer(traced)
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        .layer(map_request(without_strange_id))
}

/// Lets no cookie travel without HTTPS.
async fn by_https_alone(mut response: Response) -> Response {
    let cookies: Vec<HeaderValue> = response.headers().get_all(SET_COOKIE).into_iter().cloned().collect();
    response.headers_mut().remove(SET_COOKIE);
    for cookie in cookies {
        let is_secure = cookie.to_str().is_ok_and(|cookie| cookie.split("; ").any(|word| word == "Secure"));
        let secured = [cookie.as_bytes(), if is_secure { b"" } else { b"; Secure" }].concat();
        response.headers_mut().append(SET_COOKIE, HeaderValue::from_bytes(&secured).unwrap_or(cookie));
    }
    response
}

/// The most letters of an id that a caller gives a request.
const LONGEST_ID: usize = 64;

/// Takes away an id that would fill the log, or write into it what is none; the request gets one of ours then.
async fn without_strange_id(mut request: Request) -> Request {
    let is_plain = |id: &HeaderValue| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(plain)
    };
    let ids: Vec<&HeaderValue> = request.headers().get_all("x-request-id").into_iter().collect();
    if ids.len() > 1 || !ids.into_iter().all(is_plain) {
        request.headers_mut().remove("x-request-id");
    }
    request
}

/// What the log records of a request: the pattern of its address, never its parameters.
fn span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), route)
}

/// Whether the books can be read at the moment.
async fn ready(State(app): State<App>) -> Response {
    match app.kasse(&app.moment()).db.read().await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n").into_response(),
    }
}

async fn nowhere() -> Response {
    crate::error::Failed::Unknown("There is no such page.".to_owned()).into_response()
}

/// The page that an address belongs to.
fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(page, _)| if page.is_empty() { "/" } else { page })
}

/// Renders a problem as a page if a browser asked. A person who is not logged in is redirected to the log-in page, and
/// back afterwards.
async fn as_the_reader_reads(
    State(app): State<App>,
    user: Option<As<Anyone>>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let (method, address, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let mut response = next.run(request).await;
    let told = |answer| {
        user.iter().for_each(|user| recorded::record(user, &method, &route, address.path(), answer));
    };
    let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| Problem::of_status(&response)) else {
        told(recorded::Answer::Given(response.status()));
        return response;
    };
    told(recorded::Answer::Problem(&problem));
    if is_api {
        return like(&response, problem.json());
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        let said = "The log-in has ended. Nothing was changed: log in and do it again.";
        let asked = address.path_and_query().map_or("/", |asked| asked.as_str());
        return match method {
            Method::GET => Redirect::to(&pages::login::back_to(asked)).into_response(),
            _ => not_done(&pages::login::back_to(address.path()), said),
        };
    }
    if problem.kind == "factor" {
        return not_done("/me/factor", &problem.detail);
    }
    if problem.kind == OWN_PASSWORD {
        return not_done("/me", &problem.detail);
    }
    if problem.status == StatusCode::METHOD_NOT_ALLOWED && method == Method::GET {
        // an address that only takes forms leads to the page above it, after a log-in or a change of language
        return Redirect::to(above(address.path())).into_response();
    }
    let page = match &user {
        Some(user) => Page::of(user, &headers, "", "That did not work"),
        None => {
            let moment = app.moment();
            Page::public(&app.kasse(&moment).config.name, &moment.today.to_string(), &headers, "That did not work")
        }
    };
    like(&response, problem_page(page, problem))
}

/// The new answer with what a program must know of the first one: which methods are allowed, and when to ask again.
fn like(first: &Response, mut new: Response) -> Response {
    for name in [ALLOW, RETRY_AFTER] {
        first.headers().get(&name).into_iter().for_each(|value| drop(new.headers_mut().insert(&name, value.clone())));
    }
    new
}
