//! The `raphe` program: arguments, files, clock and colors. Everything it says comes from the engine.
//!
//! Data goes to stdout, everything else to stderr. Exit 0 on success, 1 on bad input (nothing written), 2 on bad usage;
//! `assess --exit-code` returns what was found instead.

mod answer;
mod ask;
mod exam;
mod export;
mod file;
mod helping;
mod import;
mod knowledge;
mod lint;
mod model;
mod plan;
mod predict;
mod serve;
mod simulate;
mod source;
mod whatif;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};
use raphe::knowledge::Knowledge;
use std::{path::PathBuf, process::ExitCode, sync::LazyLock};

/// Is serotonin likely too high, or are there features that are called low? How urgent is it, why, and what to do.
///
/// raphe reads a diary of medicines, signs and feelings, or a FHIR record, and answers with its sources. It supports a decision and does
/// not replace an examination. In an emergency call the emergency number first.
#[derive(Debug, Parser)]
#[command(name = "raphe", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    common: Common,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
struct Common {
    /// The moment to judge, such as 2026-03-17 or 2026-03-17T10:00 [default: now, or the end of an older diary]
    #[arg(long, global = true, value_name = "TIME")]
    at: Option<String>,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
    /// Seed of the virtual people
    #[arg(long, global = true, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many virtual people; 0 for one typical person
    #[arg(long, global = true, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=20_000))]
    people: u32,
    /// In whose words; only a clinician sees figures of an overdose and how toxicity is treated
    #[arg(long = "for", global = true, value_enum, value_name = "WHO", default_value_t = Audience::Person)]
    audience: Audience,
}

/// Whom the words are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Audience {
    /// The person who takes the medicines.
    Person,
    /// A clinician.
    Clinician,
}

impl From<Audience> for raphe::report::Voice {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Person => Self::Person,
            Audience::Clinician => Self::Clinician,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Judge a diary or a health record: danger first, then why, then what to do
    Assess {
        /// Diaries, FHIR R4 Bundles or NDJSON; `-` reads standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        form: Form,
        /// Return 0 neither, 10 features called low serotonin, 15 unclear or something not read, 20 too high, 25 urgent, 30 emergency or suicide risk
        #[arg(long)]
        exit_code: bool,
    },
    /// May these be taken together? `raphe check sertraline "tramadol:100 mg:twice daily"`
    Check {
        /// NAME, NAME:DOSE or NAME:DOSE:HOW; codes as rxnorm:36437, atc:N06AB06
        #[arg(required = true)]
        substances: Vec<String>,
        /// Check them beside what this diary or record says is taken
        #[arg(long, value_name = "FILE")]
        with: Option<PathBuf>,
        /// Print one HTML page that needs nothing else: for a browser, a phone, a printer
        #[arg(long, conflicts_with = "json")]
        html: bool,
    },
    /// Levels and enzyme activities over time: a curve on a terminal, CSV elsewhere
    Simulate {
        /// The diary; `-` reads standard input
        file: PathBuf,
        /// From here [default: the first dose]
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// To here [default: two weeks after the last line]
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// A row this often, such as 1h, 30min or 1d
        #[arg(long, value_name = "SPAN", default_value = "1h")]
        step: String,
        /// CSV on a terminal as well
        #[arg(long)]
        csv: bool,
    },
    /// Is it helping? Scores and feelings before and after something was started, stopped or done
    Helping {
        /// The diary; `-` reads standard input
        file: PathBuf,
        /// A medicine by any name, an activity or a piece of guidance: sertraline, light, CBT; `stop sertraline` asks about its end
        #[arg(required = true, num_args = 1..)]
        what: Vec<String>,
        /// Write the picture to this file
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// When may the next one begin, and how does one come off? A draft to agree with the prescriber
    Plan {
        #[command(subcommand)]
        what: Way,
    },
    /// The same assessment with lines added, beside the one without; nothing is written
    Whatif {
        /// The diary; `-` reads standard input
        file: PathBuf,
        /// A line, such as '2026-03-16 21:30 take dextromethorphan 30 mg'
        #[arg(required = true)]
        lines: Vec<String>,
    },
    /// Predict published observations, for validation: rows in, `id,pred` out
    Predict {
        /// CSV with a header: rows of pharmacokinetics, interaction studies, drug pairs, waits or incidences
        set: PathBuf,
    },
    /// Check how a diary or a health record is read
    Lint {
        /// Diaries, FHIR R4 Bundles or NDJSON; `-` reads standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Append one checked line to a diary, safely
    Add {
        /// The diary; it is made if it does not exist
        file: PathBuf,
        /// The line, such as '2026-03-16 21:30 take dextromethorphan 30 mg'
        line: String,
    },
    /// Ask a questionnaire item by item and print its line: `raphe ask PHQ-9`
    Ask {
        /// Its name, such as PHQ-9, GAD-7, WHO-5 or ISI; `--json` prints the questionnaire itself
        name: String,
        /// A diary that tells the country, for the right crisis lines
        file: Option<PathBuf>,
        /// Append the line to this diary, safely; it is made if it does not exist
        #[arg(long, value_name = "FILE")]
        append: Option<PathBuf>,
    },
    /// Guided examination: asks the sign that decides most next, and prints the line for the diary
    Exam {
        /// The diary (or record) of the person who is examined
        file: PathBuf,
        /// What was found already, such as tremor=yes, hyperreflexia=no, ocular_clonus=skip, "temperature=38.4 C"
        #[arg(long, value_name = "SIGN=FOUND")]
        answer: Vec<String>,
        /// Append the line to the diary
        #[arg(long)]
        append: bool,
    },
    /// Print a FHIR R4 health record as a diary
    Import {
        /// A Bundle, a resource or NDJSON; `-` reads standard input
        bundle: PathBuf,
    },
    /// Print a diary as a FHIR R4 Bundle, for a health record
    Export {
        /// The diary; `-` reads standard input
        file: PathBuf,
        /// As a FHIR R4 Bundle
        #[arg(long, required = true)]
        fhir: bool,
    },
    /// The model of the synapse itself, for modelers
    #[command(args_conflicts_with_subcommands = true)]
    Model {
        /// Print it as SBML (level 3 version 2), for other simulators
        #[arg(long)]
        sbml: bool,
        #[command(subcommand)]
        act: Option<Act>,
    },
    /// See it, change it and print it: private pages on this machine, in the browser
    Serve {
        /// The diary; it is begun if it does not exist [default: a published case, as an example]
        file: Option<PathBuf>,
        /// The port [default: 7274, or a free one if that is taken]
        #[arg(long, value_name = "N")]
        port: Option<u16>,
        /// The address to listen on; others than this machine's own let other machines ask, unencrypted
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
        address: std::net::IpAddr,
        /// Lock the pages when nobody clicked for so long
        #[arg(long, value_name = "SPAN", default_value = "15min")]
        lock_after: String,
        /// Print the link and leave the browser alone
        #[arg(long)]
        no_open: bool,
    },
    /// Look at the curated knowledge
    Knowledge {
        #[command(subcommand)]
        view: View,
    },
}

/// How an assessment is printed, if not as text.
#[derive(Debug, Clone, Copy, Args)]
struct Form {
    /// Print one HTML page that needs nothing else: for a browser, a phone, a printer
    #[arg(long, conflicts_with_all = ["json", "fhir"])]
    html: bool,
    /// Print a FHIR R4 Bundle, one a line, for a health record
    #[arg(long, conflicts_with = "json")]
    fhir: bool,
}

#[derive(Debug, Subcommand)]
enum Way {
    /// From one medicine to another: `raphe plan switch fluoxetine:40 mg phenelzine`
    Switch {
        /// What is taken: NAME or NAME:DOSE
        from: String,
        /// What is to follow: NAME or NAME:DOSE
        to: String,
        /// With the doses, dates, genes and other medicines of this diary or record
        #[arg(long, value_name = "FILE")]
        with: Option<PathBuf>,
    },
    /// Off an antidepressant, in steps that can be bought
    Stop {
        /// What is taken: NAME or NAME:DOSE
        from: String,
        /// With the doses, dates, genes and other medicines of this diary or record
        #[arg(long, value_name = "FILE")]
        with: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Run it with raw inputs from rest; CSV out: time, states and outputs
    Run {
        /// CSV with `time_h` and any inputs, straight lines between rows, a step where two rows have one time; `-` reads
        /// standard input
        #[arg(long, value_name = "FILE")]
        inputs: Option<PathBuf>,
        /// For so long
        #[arg(long, value_name = "H")]
        hours: f64,
        /// A row this often, hours [default: a minute over hours, an hour over weeks]
        #[arg(long, value_name = "H")]
        step: Option<f64>,
        /// Change a parameter, such as ns=0.2
        #[arg(long, value_name = "NAME=VALUE")]
        set: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum View {
    /// Every substance with its class, every questionnaire, factor and piece of guidance
    List,
    /// Everything known of one substance, questionnaire, factor or piece of guidance, each fact with its source
    Show {
        /// Any of its names or codes (`prozac`, `phq_9`); `synapse` shows the parameters of the model
        name: String,
    },
    /// The sources behind one of these
    Sources {
        /// Any of its names or codes
        name: String,
    },
    /// Run the curation rules over the whole base
    Check,
}

/// The knowledge of this program, read once and never put away: the end of the program is quicker at that.
fn bundled() -> &'static Knowledge {
    static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);
    &KNOWLEDGE
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let other = match &cli.verb {
        Verb::Assess { form, .. } => form.html || form.fhir,
        Verb::Check { html, .. } => *html,
        _ => false,
    };
    // Options of every verb may stand before it, where the parser does not see what they meet behind it.
    if other && cli.common.json {
        let says = "`--json` cannot be used with `--html` or `--fhir`: one answer has one form\n";
        Cli::command().error(ErrorKind::ArgumentConflict, says).exit()
    }
    let done = match &cli.verb {
        Verb::Assess { files, form, exit_code } => answer::assess(files, *form, *exit_code, &cli.common),
        Verb::Check { substances, with, html } => {
            answer::check(substances, with.as_deref(), *html, &cli.common)
        }
        Verb::Simulate { file, from, to, step, csv } => {
            simulate::simulate(file, from.as_deref(), to.as_deref(), step, *csv, &cli.common)
        }
        Verb::Helping { file, what, svg } => {
            helping::helping(file, &what.join(" "), svg.as_deref(), &cli.common)
        }
        Verb::Plan { what: Way::Switch { from, to, with } } => {
            let ask = raphe::plan::Ask::Switch { from: from.clone(), to: to.clone() };
            plan::plan(&ask, with.as_deref(), &cli.common)
        }
        Verb::Plan { what: Way::Stop { from, with } } => {
            plan::plan(&raphe::plan::Ask::Stop { from: from.clone() }, with.as_deref(), &cli.common)
        }
        Verb::Whatif { file, lines } => whatif::whatif(file, lines, &cli.common),
        Verb::Predict { set } => predict::predict(set),
        Verb::Lint { files } => lint::lint(files, &cli.common),
        Verb::Add { file, line } => lint::add(file, line),
        Verb::Ask { name, file, append } => ask::ask(name, file.as_deref(), append.as_deref(), &cli.common),
        Verb::Exam { file, answer, append } => exam::exam(file, answer, *append, &cli.common),
        Verb::Import { bundle } => import::import(bundle),
        Verb::Export { file, .. } => export::export(file),
        Verb::Model { act: Some(Act::Run { inputs, hours, step, set }), .. } => {
            model::run(inputs.as_deref(), *hours, *step, set)
        }
        Verb::Model { sbml: true, .. } => model::sbml(),
        Verb::Model { .. } => {
            let says = "say what to do with the model: `raphe model --sbml` prints it, `raphe model run --hours 24` runs it\n";
            Cli::command().error(ErrorKind::MissingSubcommand, says).exit()
        }
        Verb::Serve { file, port, address, lock_after, no_open } => {
            let doors = serve::Doors { port: *port, address: *address, lock_after, open: !no_open };
            serve::serve(file.as_deref(), &doors, &cli.common)
        }
        Verb::Knowledge { view } => knowledge::knowledge(view, &cli.common),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{:?}", miette::Report::new(error));
        ExitCode::FAILURE
    })
}
