//! Asks the user to choose columns.

use std::sync::Arc;

use leptos::prelude::*;
use strata_protocol::InputPreview;

use crate::client::use_client;
use crate::start::column_choice::{Doubt, Pick, Question, column_of, given_columns, meaning, obstacle, questions};
use crate::table_region::TableRegion;
use crate::wording::phrase::names;

/// Value of the option that leaves a column out.
const LEFT_OUT: &str = "none";

/// Asks the user to choose columns, and shows the first rows.
#[component]
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "components take their properties by value")]
pub fn MappingStep(inputs: Arc<Vec<InputPreview>>) -> impl IntoView {
    let client = StoredValue::new_local(use_client());
    let file_count = inputs.len();
    let questions = RwSignal::new(questions(&inputs));
    let obstacle = Memo::new(move |_| questions.with(|questions| questions.iter().find_map(obstacle)));
    let open = move |_| {
        if obstacle.with_untracked(Option::is_none) {
            let given = questions.with_untracked(|questions| given_columns(questions));
            client.with_value(|client| client.open(given));
        }
    };
    let question_count = questions.with_untracked(Vec::len);
    view! {
        <div class="mapping">
            <h1>"Which column is which?"</h1>
            <p class="answer">
                "Some columns were not recognised. Choose the column for each; your file is not changed."
            </p>
            {(0..question_count).map(|position| view! { <QuestionSection questions position /> }).collect_view()}
            {(file_count > 1)
                .then_some(
                    view! {
                        <p class="note">
                            "Your choice applies to every file with a column of that name. A column that you leave out is ignored in all files."
                        </p>
                    },
                )}
            <p class="mapping-obstacle" role="status">
                {move || obstacle.get()}
            </p>
            <div class="mapping-buttons">
                <button
                    type="button"
                    class="button primary"
                    aria-disabled=move || obstacle.with(Option::is_some).then_some("true")
                    on:click=open
                >
                    {if file_count > 1 { "Read the files" } else { "Read the file" }}
                </button>
                <button type="button" class="button" on:click=move |_| client.with_value(crate::client::Client::cancel)>
                    "Choose another file"
                </button>
            </div>
        </div>
    }
}

/// The question about files with the same header.
#[component]
fn QuestionSection(questions: RwSignal<Vec<Question>>, position: usize) -> impl IntoView {
    let Some(question) = questions.with_untracked(|questions| questions.get(position).cloned()) else {
        return ().into_any();
    };
    let files = names(&question.files);
    let selects = question.columns.iter().enumerate().map(|(column, unclear)| {
        let id = format!("pick-{position}-{column}");
        let help_id = format!("pick-help-{position}-{column}");
        let why = match unclear.doubt {
            Doubt::Missing => "No column has this name.",
            Doubt::Ambiguous if unclear.choices.is_empty() => "Several columns have this name.",
            Doubt::Ambiguous => "Several columns match.",
        };
        // A header can be any text, so an option's value is its position.
        let options = unclear.choices.iter().enumerate().map(|(place, choice)| {
            let is_picked = unclear.header() == Some(choice);
            view! {
                <option value=place.to_string() selected=is_picked>
                    {choice.clone()}
                </option>
            }
        });
        let left_out =
            (!unclear.column.is_required()).then(|| view! { <option value=LEFT_OUT>"None: leave it out"</option> });
        let pick = move |value: &str| {
            questions.update(|questions| {
                let unclear = &mut questions[position].columns[column];
                unclear.picked = if value == LEFT_OUT {
                    Some(Pick::LeftOut)
                } else {
                    value.parse().ok().and_then(|place: usize| unclear.choices.get(place).cloned()).map(Pick::Header)
                };
            });
        };
        view! {
            <div class="pick">
                <label for=id.clone()>
                    <code>{unclear.column.to_string()}</code>
                </label>
                <select
                    id=id
                    aria-describedby=help_id.clone()
                    on:change:target=move |event| pick(&event.target().value())
                >
                    <option value="" selected=unclear.picked.is_none()>
                        "Choose a column"
                    </option>
                    {options.collect_view()}
                    {left_out}
                </select>
                <p class="field-help" id=help_id>
                    {meaning(unclear.column)}
                    " "
                    {why}
                </p>
            </div>
        }
    });
    view! {
        <section class="question">
            <h2>{files.clone()}</h2>
            <div class="column-choice">{selects.collect_view()}</div>
            <TableRegion label=format!(
                "First rows of {files}",
            )>{move || questions.with(|questions| questions.get(position).map(preview))}</TableRegion>
        </section>
    }
    .into_any()
}

/// The first rows; used columns are labelled with what they are used for.
fn preview(question: &Question) -> impl IntoView + use<> {
    let header = &question.preview.header;
    let used: Vec<Option<String>> =
        header.iter().map(|header| column_of(question, header).map(|column| column.to_string())).collect();
    let heads = header.iter().zip(&used).map(|(header, column)| {
        view! {
            <th scope="col" class:is-used=column.is_some()>
                {column.as_ref().map(|column| view! { <span class="used-as">{column.clone()} " ←"</span> })}
                <span class="header-name">{header.clone()}</span>
            </th>
        }
    });
    let rows = question.preview.rows.iter().map(|row| {
        let cells = row.iter().zip(&used).map(|(cell, column)| {
            view! { <td class:is-used=column.is_some()>{cell.clone()}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    view! {
        <table class="preview">
            <caption>"First rows"</caption>
            <thead>
                <tr>{heads.collect_view()}</tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
