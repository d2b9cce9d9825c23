//! Every address, and the layers around all of them.
//!
//! Invariant: what is not public is a handler that asks for an `As` of its right; the matrix in the tests says the same.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
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
use crate::error::Problem;
use crate::page::{Page, not_done, problem_page};
use crate::{api, assets, metrics, pages};

/// How long a request may take; work that takes longer is a job.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same for what makes papers of a large run, or takes a large upload.
const LONG_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Most bytes of a form; an upload has its own limit.
pub(crate) const FORM: usize = 256 * 1024;

/// Nothing from elsewhere, nothing inline, nowhere embedded.
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
        .merge(pages::me::routes())
        .merge(pages::settings::routes())
        .merge(pages::users::routes())
        .merge(pages::cases::routes())
        .merge(pages::import::routes())
        .merge(pages::runs::routes())
        .merge(pages::statements::routes())
        .merge(pages::corrections::routes())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(DefaultBodyLimit::max(FORM));
    let patient = Router::new()
        .merge(pages::audit::patient_routes())
        .merge(pages::import::patient_routes())
        .merge(pages::runs::patient_routes())
        .merge(api::patient_routes())
        .merge(api::uploads())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONG_PATIENCE));
    let router = limited
        .merge(patient)
        // before the layers, which say it as a page
        .fallback(nowhere)
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), as_the_reader_reads))
        .route("/assets/{name}", get(assets::show))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::show))
        .layer(from_fn_with_state(app.clone(), metrics::count));
    guarded(router, app.reached()).with_state(app)
}

/// Headers that keep a browser from doing what no page asks of it, ids for the log, and an answer even to a bug.
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
    router
        .layer(traced)
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
}

/// What the log says of a request: the pattern of its address, never what is in it.
fn span(request: &Request) -> tracing::Span {
    let route =
        request.extensions().get::<axum::extract::MatchedPath>().map_or("none", axum::extract::MatchedPath::as_str);
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), route)
}

/// Whether the books can be read now.
async fn ready(State(app): State<App>) -> Response {
    match app.kasse(&app.moment()).db.read().await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n").into_response(),
    }
}

async fn nowhere() -> Response {
    crate::error::Failed::Unknown("There is no such page.".to_owned()).into_response()
}

/// The page that an address is a part of.
fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(page, _)| if page.is_empty() { "/" } else { page })
}

/// Says a problem as a page where a browser asked: who is not logged in is asked to, and comes back to where he was.
async fn as_the_reader_reads(
    State(app): State<App>,
    user: Option<As<Anyone>>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let (method, address, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| Problem::of_status(&response)) else {
        return response;
    };
    if is_api {
        let mut said = problem.json();
        // which methods there are
        response
            .headers()
            .get(ALLOW)
            .into_iter()
            .for_each(|allowed| drop(said.headers_mut().insert(ALLOW, allowed.clone())));
        return said;
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        let said = "The log-in has ended. Nothing was changed: log in and do it again.";
        let asked = address.path_and_query().map_or("/", |asked| asked.as_str());
        return match method {
            Method::GET => Redirect::to(&pages::login::back_to(asked)).into_response(),
            _ => not_done(&pages::login::back_to(address.path()), said),
        };
    }
    if problem.status == StatusCode::METHOD_NOT_ALLOWED && method == Method::GET {
        // what only a form asks for is a part of the page above it: after a log-in, or in another language
        return Redirect::to(above(address.path())).into_response();
    }
    let page = match &user {
        Some(user) => Page::of(user, &headers, "", "That did not work"),
        None => {
            let moment = app.moment();
            Page::public(&app.kasse(&moment).config.name, &moment.today.to_string(), &headers, "That did not work")
        }
    };
    problem_page(page, problem)
}
