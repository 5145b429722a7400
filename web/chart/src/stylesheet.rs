//! Style sheets for the palette and the roles, so that the page's colours have a single source.

use std::fmt::Write;

use crate::colour::{CellColour, HEAT_STEPS, RESIDUAL_LEVELS, Role, Theme, heat, residual};

/// Returns the palette as custom properties: light for `:root`, dark if the system prefers it.
///
/// Roles are `--accent` and so on ([`Role::name`]); cells are `--heat-0` … with `--heat-text-0` …, and
/// `--residual-less-4` … `--residual-none` … `--residual-more-4` with `--residual-text-less-4` ….
#[must_use]
pub fn css_variables() -> String {
    let (mut light, mut dark) = (String::new(), String::new());
    declare(&mut light, Theme::Light, "  ");
    declare(&mut dark, Theme::Dark, "    ");
    format!(":root {{\n{light}}}\n\n@media (prefers-color-scheme: dark) {{\n  :root {{\n{dark}  }}\n}}\n")
}

/// Returns the classes that use the palette: `fill-accent`, `stroke-accent` and so on for marks, `heat-0` … and
/// `residual-less-4` … for table cells.
#[must_use]
pub fn css_rules() -> String {
    let mut css = String::new();
    for role in Role::ALL {
        let name = role.name();
        line(&mut css, &format!(".fill-{name} {{ fill: var(--{name}); }}"));
        line(&mut css, &format!(".stroke-{name} {{ stroke: var(--{name}); fill: none; }}"));
    }
    line(&mut css, ".halo { stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }");
    line(&mut css, ".rim { stroke: var(--paper); stroke-width: 2px; }");
    for step in 0..HEAT_STEPS {
        line(&mut css, &format!(".heat-{step} {{ background: var(--heat-{step}); color: var(--heat-text-{step}); }}"));
    }
    for level in -RESIDUAL_LEVELS..=RESIDUAL_LEVELS {
        let name = residual_name(level);
        line(
            &mut css,
            &format!(".residual-{name} {{ background: var(--residual-{name}); color: var(--residual-text-{name}); }}"),
        );
    }
    css
}

/// The suffix of a residual level's class and variables: `less-4` … `none` … `more-4`.
#[must_use]
pub fn residual_name(level: i32) -> String {
    match level {
        0 => "none".to_owned(),
        level if level < 0 => format!("less-{}", level.unsigned_abs()),
        level => format!("more-{level}"),
    }
}

fn declare(css: &mut String, theme: Theme, indent: &str) {
    for role in Role::ALL {
        line(css, &format!("{indent}--{}: {};", role.name(), theme.colour(role)));
    }
    let mut cell = |group: &str, name: &str, CellColour { fill, text }: CellColour| {
        line(css, &format!("{indent}--{group}-{name}: {fill};"));
        line(css, &format!("{indent}--{group}-text-{name}: {text};"));
    };
    for step in 0..HEAT_STEPS {
        cell("heat", &step.to_string(), heat(step as f64 / (HEAT_STEPS - 1) as f64, theme));
    }
    for level in -RESIDUAL_LEVELS..=RESIDUAL_LEVELS {
        let smallest = if level == 0 { 0.0 } else { 2_f64.powi(level.abs() - 1) * f64::from(level.signum()) };
        cell("residual", &residual_name(level), residual(smallest, theme));
    }
}

fn line(css: &mut String, text: &str) {
    let written = writeln!(css, "{text}");
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::residual_level;

    #[test]
    fn every_variable_that_a_rule_uses_is_declared_twice() {
        let variables = css_variables();
        for rule in css_rules().lines() {
            for used in rule.split("var(").skip(1) {
                let name = used.split(')').next().unwrap();
                assert_eq!(variables.matches(&format!("{name}: #")).count(), 2, "{name}");
            }
        }
    }

    #[test]
    fn levels_are_declared_with_the_colour_of_their_residuals() {
        let variables = css_variables();
        for value in [-9.0, -4.5, -2.0, -1.5, 0.3, 1.0, 3.0, 7.0, 8.0] {
            let name = residual_name(residual_level(value));
            let fill = residual(value, Theme::Light).fill;
            assert!(variables.contains(&format!("--residual-{name}: {fill};")), "{value}");
        }
    }
}
