//! Progress of reading.

use leptos::prelude::*;
use strata_chart::format::{bytes, count, duration};
use strata_protocol::Progress;

use crate::client::use_client;
use crate::start::time_left::TimeLeft;
use crate::state::use_state;
use crate::wording::numbers::whole;
use crate::wording::phrase::names;

/// Progress of reading.
#[component]
#[must_use]
pub fn LoadingScreen() -> impl IntoView {
    let state = use_state();
    let client = StoredValue::new_local(use_client());
    let estimate = StoredValue::new(TimeLeft::default());
    let progress = state.progress;
    let files = state.source.with_untracked(|source| source.as_ref().map(crate::state::DataSource::names));
    let time_left = Memo::new(move |_| {
        let progress = progress.get();
        let seconds = estimate.try_update_value(|estimate| estimate.update(&progress)).flatten();
        time_left(&progress, seconds)
    });
    // Announced only at each quarter.
    let quarter = Memo::new(move |_| progress.with(announcement));
    view! {
        <div class="loading">
            <h1>"Reading " {files.map(|files| names(&files))}</h1>
            <progress
                aria-label="Bytes read"
                max="1"
                prop:value=move || progress.with(share)
                aria-valuetext=move || quarter.get()
            ></progress>
            <dl class="loading-figures">
                <div>
                    <dt>"Read"</dt>
                    <dd>{move || progress.with(bytes_read)}</dd>
                </div>
                <div>
                    <dt>"Rows"</dt>
                    <dd>{move || progress.with(|progress| count(whole(progress.row_count)))}</dd>
                </div>
                <div>
                    <dt>"Rows per second"</dt>
                    <dd>{move || progress.with(rows_per_second)}</dd>
                </div>
                <div>
                    <dt>"Time left"</dt>
                    <dd>{move || time_left.get()}</dd>
                </div>
                <div>
                    <dt>"Memory"</dt>
                    <dd>{move || progress.with(|progress| bytes(whole(progress.memory_bytes)))}</dd>
                </div>
            </dl>
            <button type="button" class="button" on:click=move |_| client.with_value(crate::client::Client::cancel)>
                "Cancel"
            </button>
            <p class="visually-hidden" role="status">
                {move || quarter.get()}
            </p>
        </div>
    }
}

/// Returns the share of bytes read, 0 to 1.
fn share(progress: &Progress) -> f64 {
    if progress.is_finishing {
        1.0
    } else if progress.total_bytes > 0.0 {
        (progress.byte_count / progress.total_bytes).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

fn bytes_read(progress: &Progress) -> String {
    let read = bytes(whole(progress.byte_count));
    if progress.total_bytes > 0.0 { format!("{read} of {}", bytes(whole(progress.total_bytes))) } else { read }
}

fn rows_per_second(progress: &Progress) -> String {
    if progress.elapsed_ms <= 0.0 {
        return "–".to_owned();
    }
    count(whole(progress.row_count / progress.elapsed_ms * 1000.0))
}

fn time_left(progress: &Progress, seconds: Option<f64>) -> String {
    match seconds {
        _ if progress.is_finishing => "Finishing …".to_owned(),
        // Tenths of a second would flicker.
        Some(seconds) if seconds >= 3.0 => duration(seconds.round()),
        _ => "a few seconds".to_owned(),
    }
}

fn announcement(progress: &Progress) -> String {
    let quarters = whole((share(progress) * 4.0).floor());
    match quarters {
        _ if progress.is_finishing => "File read. Computing results …".to_owned(),
        0 => "Reading.".to_owned(),
        quarters => format!("{}% read.", quarters * 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_put_into_words() {
        let mut progress = Progress {
            byte_count: 5e6,
            total_bytes: 12e6,
            row_count: 40_000.0,
            elapsed_ms: 500.0,
            ..Progress::default()
        };
        assert_eq!(bytes_read(&progress).replace('\u{202F}', " "), "5 MB of 12 MB");
        assert_eq!(rows_per_second(&progress).replace('\u{202F}', " "), "80,000");
        assert_eq!(time_left(&progress, None), "a few seconds");
        assert_eq!(time_left(&progress, Some(75.4)).replace('\u{202F}', " "), "1 min 15 s");
        assert_eq!(announcement(&progress), "25% read.");
        progress.is_finishing = true;
        assert_eq!(time_left(&progress, Some(75.4)), "Finishing …");
        assert!((share(&progress) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_known_yet_is_shown_as_such() {
        let progress = Progress::default();
        assert_eq!(rows_per_second(&progress), "–");
        assert_eq!(bytes_read(&progress).replace('\u{202F}', " "), "0 B");
        assert!(share(&progress).abs() < f64::EPSILON);
        assert_eq!(announcement(&progress), "Reading.");
    }
}
