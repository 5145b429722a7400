//! Decodes blocks of CSV into a builder.

use std::sync::atomic::{AtomicU64, Ordering};

use strata_core::source::ColumnMapping;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::splitter::Block;
use strata_core::users::UserTableBuilder;

use crate::input::{Content, Input};

/// A block and the input it is of.
pub type Work = (usize, Block);

/// How each CSV input is read, by its number.
pub fn layouts(inputs: &[(usize, &mut Input)]) -> Vec<Option<Layout>> {
    let mut layouts = Vec::new();
    for (number, input) in inputs {
        layouts.resize_with(layouts.len().max(number + 1), || None);
        if let Content::Csv(_, mapping) = &input.content {
            layouts[*number] = Some(Layout { mapping: mapping.clone(), file: input.first_file });
        }
    }
    layouts
}

/// How a CSV input is read.
pub struct Layout {
    mapping: ColumnMapping,
    /// The number by which rows tell the input.
    file: u32,
}

/// Decodes blocks into a builder.
pub struct Folder<'l> {
    /// What was built so far.
    pub builder: UserTableBuilder,
    layouts: &'l [Option<Layout>],
    decoder: Option<(usize, u32, BlockDecoder)>,
}

impl<'l> Folder<'l> {
    /// A folder into this builder.
    pub fn new(builder: UserTableBuilder, layouts: &'l [Option<Layout>]) -> Folder<'l> {
        Folder { builder, layouts, decoder: None }
    }

    /// Folds a block, and gives it back.
    pub fn fold(&mut self, (number, block): Work, rows: &AtomicU64) -> Block {
        if self.decoder.as_ref().is_none_or(|(of, _, _)| *of != number) {
            self.decoder =
                self.layouts[number].as_ref().map(|layout| (number, layout.file, BlockDecoder::new(&layout.mapping)));
        }
        if let Some((_, file, decoder)) = &mut self.decoder {
            let before = self.builder.accepted_row_count();
            decoder.decode(&block, *file, &mut self.builder);
            rows.fetch_add(self.builder.accepted_row_count() - before, Ordering::Relaxed);
        }
        block
    }
}
