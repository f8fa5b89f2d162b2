//! Criteria and look-alikes in full, and the parameters of the model of the synapse.

use super::{Part, Writer, condition, evidence};
use crate::knowledge::{
    Knowledge,
    schema::{Criterion, Rival, Urgency},
    words::urgency_word,
};

pub(super) fn criterion(page: &mut Writer<'_>, item: &Criterion) {
    page.part("Rules");
    page.line("id", &item.id);
    page.line("only where", &condition(&item.given));
    for rule in &item.rules {
        page.line(&rule.label, &rule.says);
        page.under("met when", &condition(&rule.when));
    }
    page.line("takes for granted", item.proviso.as_deref().unwrap_or_default());
    page.line("what it cannot tell", &item.limits);
    page.sources(&item.evidence);
}

pub(super) fn rival(page: &mut Writer<'_>, item: &Rival) {
    page.part("When and what");
    page.line("id", &item.id);
    page.line("named when", &condition(&item.when));
    page.line("fits better when", &item.leads.as_ref().map_or_else(String::new, condition));
    page.line("what tells them apart", &item.tell_apart);
    page.line("due now", item.due.as_deref().unwrap_or_default());
    if item.urgency > Urgency::None {
        page.line("how soon while it fits better", urgency_word(item.urgency));
    }
    let held: Vec<String> = item.hold.iter().map(|id| id.replace('_', " ")).collect();
    page.line("held while it fits better", &held.join(", "));
    page.sources(&item.evidence);
}

/// Every parameter of the model of the synapse.
#[must_use]
pub fn parameters(knowledge: &Knowledge) -> Vec<Part> {
    let mut page = Writer { knowledge, parts: Vec::new() };
    page.part("Parameters of the model of the synapse");
    for parameter in &knowledge.base().synapse {
        page.backed(0, &parameter.id, &parameter.means, evidence(&parameter.evidence));
        for (field, values) in parameter.fields() {
            page.values(1, &field.replace('_', " "), values);
        }
        page.under("varies between people by", parameter.varies.as_deref().unwrap_or_default());
    }
    page.print()
}
