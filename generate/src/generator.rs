//! The stream of rows.

use crate::calendar::Calendar;
use crate::columns;
use crate::day::{DayMaker, UserDay};
use crate::flaws::{Flaw, FlawPlanter};
use crate::population::Population;
use crate::random::Random;
use crate::record::{RunCells, UserCells};
use crate::spec::{GenerateError, GenerateSpec};

/// Generates the table piece by piece.
///
/// Memory is bounded by one chunk, regardless of the number of rows.
#[derive(Debug, Clone)]
pub struct Generator {
    spec: GenerateSpec,
    header: String,
    rows_written: u64,
    /// Unlike the rows left to write it does not know of flaws, which add rows and take some away:
    /// so the users are the same with flaws and without.
    rows_to_draw: u64,
    users_written: u64,
    calendar: Calendar,
    random: Random,
    population: Population,
    days: DayMaker,
    flaws: Option<FlawPlanter>,
    run_cells: RunCells,
    /// Buffers of the current user.
    rows: Vec<UserDay>,
    user_cells: UserCells,
}

impl Generator {
    /// Prepares the table of a specification.
    ///
    /// # Errors
    /// If [`GenerateSpec::days`] or [`GenerateSpec::first_date`] is out of range.
    pub fn new(spec: &GenerateSpec) -> Result<Self, GenerateError> {
        spec.check()?;
        let calendar = Calendar::new(spec.first_date, spec.days);
        let population = Population::new(spec.rows, &calendar);
        let users = population.users_planned();
        let flaws = spec.flaws.then(|| FlawPlanter::new(spec.seed, spec.rows, users, &calendar));
        Ok(Self {
            header: columns::header(spec.with_sessions),
            rows_written: 0,
            rows_to_draw: spec.rows,
            users_written: 0,
            random: Random::new(spec.seed),
            days: DayMaker::new(),
            run_cells: RunCells::new(&calendar, spec.seed, spec.with_sessions),
            rows: Vec::new(),
            user_cells: UserCells::default(),
            spec: spec.clone(),
            calendar,
            population,
            flaws,
        })
    }

    /// The header line, line end included. No chunk contains it.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// Appends the rows of some more users, a little over [`GenerateSpec::chunk_bytes`] (fewer at
    /// the end of the table). Returns whether more rows are to come: the chunk of the call that
    /// returns `false` is the last one, and still belongs to the table.
    pub fn write_chunk(&mut self, out: &mut Vec<u8>) -> bool {
        let end = out.len().saturating_add(self.spec.chunk_bytes.max(1));
        while self.rows_left() > 0 && out.len() < end {
            self.write_user(out);
        }
        self.rows_left() > 0
    }

    /// Number of rows written so far, the header not counted.
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        self.rows_written
    }

    /// Number of users with a row so far (sound or not).
    #[must_use]
    pub fn users_written(&self) -> u64 {
        self.users_written
    }

    /// How often a flaw was planted so far: rows, users or days, as [`Flaw`] says. Always 0 without
    /// [`GenerateSpec::flaws`].
    #[must_use]
    pub fn planted(&self, flaw: Flaw) -> u64 {
        self.flaws.as_ref().map_or(0, |flaws| flaws.planted(flaw))
    }

    fn rows_left(&self) -> u64 {
        self.spec.rows - self.rows_written
    }

    fn write_user(&mut self, out: &mut Vec<u8>) {
        let rows_left = self.rows_left();
        let user = self.population.next_user(self.rows_to_draw, &self.calendar, &mut self.random);
        self.days.fill(&mut self.rows, &user, &self.calendar, &mut self.random);
        self.rows_to_draw = self.rows_to_draw.saturating_sub(self.rows.len() as u64);
        let rounded_id = self.flaws.as_mut().and_then(|flaws| flaws.plant(&user, &mut self.rows, rows_left));
        if self.rows.is_empty() {
            return;
        }
        self.user_cells.set(&user, rounded_id, &self.run_cells);
        let n = usize::try_from(rows_left).unwrap_or(usize::MAX).min(self.rows.len());
        for row in &self.rows[..n] {
            self.run_cells.push(out, row, &user, &self.user_cells, &self.calendar);
        }
        self.rows_written += n as u64;
        self.users_written += 1;
    }
}
