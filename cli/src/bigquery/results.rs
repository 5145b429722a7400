//! Writes results to a temporary Parquet file: as Arrow through the Storage Read API, or as JSON if it is unavailable.

use std::fs::File;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use google_cloud_bigquery::client::Read;
use google_cloud_bigquery::model::{DataFormat, ReadSession, read_rows_response, read_session};
use google_cloud_bigquery::query::Row;
use google_cloud_bigquery_v2::model::{TableFieldSchema, TableReference};
use google_cloud_gax::error::rpc::Code;
use parquet::arrow::ArrowWriter;
use serde_json::Value;

use super::connection::Connection;
use super::problem;
use super::query::Complete;
use crate::error::CliError;
use crate::progress::Progress;

/// The end of an Arrow stream. Some servers end the schema message with it, others do not.
const END_OF_STREAM: [u8; 8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

/// The number of JSON rows written at once.
const BATCH_ROWS: usize = 8192;

/// Writes a result to a file and returns the number of its rows.
pub async fn spool(
    connection: &Connection<'_>,
    complete: Complete,
    file: File,
    progress: &Progress,
) -> Result<u64, CliError> {
    progress.start(None);
    let mut out = Spool { file: Some(file), writer: None, row_count: 0, progress };
    match open_session(connection, &complete).await? {
        Some((storage, session)) => read_streams(connection, storage, &session, &mut out).await?,
        None => read_json(connection, complete, &mut out).await?,
    }
    progress.finish();
    out.finish()
}

/// A Parquet file that is being written.
struct Spool<'p> {
    file: Option<File>,
    writer: Option<ArrowWriter<File>>,
    row_count: u64,
    progress: &'p Progress,
}

impl Spool<'_> {
    fn write(&mut self, batch: &RecordBatch, byte_count: u64) -> Result<(), CliError> {
        if let Some(file) = self.file.take() {
            self.writer =
                Some(ArrowWriter::try_new(file, batch.schema(), None).map_err(|reason| problem::spool(&reason))?);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(batch).map_err(|reason| problem::spool(&reason))?;
        }
        self.row_count += batch.num_rows() as u64;
        self.progress.advance(byte_count, self.row_count);
        Ok(())
    }

    fn finish(self) -> Result<u64, CliError> {
        if let Some(writer) = self.writer {
            writer.close().map_err(|reason| problem::spool(&reason))?;
        }
        Ok(self.row_count)
    }
}

/// Opens the result table with the Storage Read API; `None` if it is unavailable.
async fn open_session<'c>(
    connection: &'c Connection<'_>,
    complete: &Complete,
) -> Result<Option<(&'c Read, ReadSession)>, CliError> {
    let (Some(storage), Some(job)) = (&connection.storage, complete.query.get_job()) else { return Ok(None) };
    let job = job.send().await.map_err(|reason| problem::of_call(connection.table, &reason))?;
    let query = job.configuration.and_then(|configuration| configuration.query);
    let Some(TableReference { project_id, dataset_id, table_id, .. }) = query.and_then(|query| query.destination_table)
    else {
        return Ok(None);
    };
    let table = format!("projects/{project_id}/datasets/{dataset_id}/tables/{table_id}");
    let session = storage
        .create_read_session()
        .set_parent(format!("projects/{}", connection.table.project))
        .set_read_session(ReadSession::new().set_data_format(DataFormat::Arrow).set_table(table))
        .set_max_stream_count(1)
        .send()
        .await;
    match session {
        Ok(session) => Ok(Some((storage, session))),
        // Without the API or the permission to use it, results can still be read as JSON.
        Err(reason) if reason.status().is_some_and(|status| is_unavailable(status.code)) => Ok(None),
        Err(reason) => Err(problem::of_call(connection.table, &reason)),
    }
}

fn is_unavailable(code: Code) -> bool {
    matches!(code, Code::NotFound | Code::PermissionDenied | Code::Unimplemented)
}

/// Reads the result as Arrow. The client resumes a broken stream where it broke.
async fn read_streams(
    connection: &Connection<'_>,
    storage: &Read,
    session: &ReadSession,
    out: &mut Spool<'_>,
) -> Result<(), CliError> {
    let Some(read_session::Schema::ArrowSchema(schema)) = &session.schema else {
        return Err(CliError::Internal("BigQuery sent a result without its columns".to_owned()));
    };
    let schema = &schema.serialized_schema[..];
    let schema = schema.strip_suffix(&END_OF_STREAM).unwrap_or(schema);
    for stream in &session.streams {
        let mut reader = storage.read_rows().set_read_stream(&stream.name).into_reader();
        while let Some(response) = reader.next().await {
            let response = response.map_err(|reason| problem::of_call(connection.table, &reason))?;
            let Some(read_rows_response::Rows::ArrowRecordBatch(batch)) = response.rows else { continue };
            let message = [schema, &batch.serialized_record_batch[..]].concat();
            let byte_count = batch.serialized_record_batch.len() as u64;
            let unreadable = |reason| problem::unreadable(connection.table, &reason);
            for batch in StreamReader::try_new(Cursor::new(message), None).map_err(unreadable)? {
                out.write(&batch.map_err(unreadable)?, byte_count)?;
            }
        }
    }
    Ok(())
}

async fn read_json(connection: &Connection<'_>, complete: Complete, out: &mut Spool<'_>) -> Result<(), CliError> {
    let columns = complete.schema.fields;
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Fields>()));
    let unreadable = |reason| problem::unreadable(connection.table, &reason);
    let mut decoder = ReaderBuilder::new(schema).build_decoder().map_err(unreadable)?;
    let mut rows = complete.query.read();
    let mut waiting = Vec::with_capacity(BATCH_ROWS);
    loop {
        let row = rows.next().await.transpose().map_err(|reason| problem::of_row(connection.table, &reason))?;
        let at_end = row.is_none();
        if let Some(row) = row {
            waiting.push(as_object(&row, &columns).map_err(|reason| problem::of_row(connection.table, &reason))?);
        }
        if waiting.len() == BATCH_ROWS || at_end {
            decoder.serialize(&waiting).map_err(unreadable)?;
            waiting.clear();
            if let Some(batch) = decoder.flush().map_err(unreadable)? {
                out.write(&batch, batch.get_array_memory_size() as u64)?;
            }
        }
        if at_end {
            return Ok(());
        }
    }
}

/// A row as a JSON object. `BigQuery` sends timestamps as strings of microseconds.
fn as_object(
    row: &Row,
    columns: &[TableFieldSchema],
) -> Result<serde_json::Map<String, Value>, google_cloud_bigquery::error::RowError> {
    let cell = |(index, column): (usize, &TableFieldSchema)| {
        let value: Value = row.get(index)?;
        let micros = value.as_str().filter(|_| column.r#type == "TIMESTAMP").and_then(|text| text.parse::<i64>().ok());
        Ok((column.name.clone(), micros.map_or(value, Value::from)))
    };
    columns.iter().enumerate().map(cell).collect()
}

/// The Arrow field for a column of a result.
fn field(column: &TableFieldSchema) -> Field {
    let item = match column.r#type.as_str() {
        "INTEGER" | "INT64" => DataType::Int64,
        "FLOAT" | "FLOAT64" => DataType::Float64,
        "BOOLEAN" | "BOOL" => DataType::Boolean,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        "NUMERIC" => DataType::Decimal128(38, 9),
        "RECORD" | "STRUCT" => DataType::Struct(column.fields.iter().map(field).collect()),
        // All other types are read as text.
        _ => DataType::Utf8,
    };
    let data_type = match column.mode.as_str() {
        "REPEATED" => DataType::List(Arc::new(Field::new("item", item, true))),
        _ => item,
    };
    Field::new(&column.name, data_type, true)
}
