//! Two published models that ours descends from, as numerical tests of the solver.
//!
//! Both are from the code of the Hashemi laboratory (escitalopram terminal models, 2022 on), in the line of Best, Nijhout
//! and Reed: a stand-alone terminal with receptor binding of ten milliseconds, and one with two vesicle pools, trafficking
//! of the transporter and escitalopram in the mouse. They hold serotonin near its baseline by construction and say
//! nothing about poisoning; here they are stiff systems with known answers.

use super::dual::Equations;
use crate::synapse::algebra::Algebra;

/// The terminal with receptor binding.
pub(super) struct Terminal;

/// Symbols of its states.
pub(super) const TERMINAL: [&str; 18] = [
    "bh2", "bh4", "trp", "htp", "c", "v", "e", "hia", "pool", "g", "tt", "b", "gl", "gh", "th", "bh", "srf",
    "pol",
];

/// Its steady state, to the last digit that was published with it.
pub(super) const TERMINAL_AT_REST: [f64; 18] = [
    0.099536504,
    0.9004635,
    20.16513,
    1.6110041,
    0.037651562,
    67.429831,
    0.060066539,
    1.5847008,
    113.42886,
    0.86390045,
    1.0067785,
    0.97570473,
    0.0,
    0.69470862,
    12.68595,
    2.942837,
    1.0000558,
    0.99994416,
];

/// Symbols of the states of the one with two pools.
pub(super) const POOLS: [&str; 26] = [
    "btrp", "bh2", "bh4", "trp", "htp", "c", "v", "vres", "e", "hia", "pool", "g", "tt", "b", "gl", "gh",
    "th", "bh", "phos", "srf", "pol", "ina", "q0", "q1", "q2", "q3",
];

/// Its steady state.
pub(super) const POOLS_AT_REST: [f64; 26] = [
    95.976649,
    0.099452764,
    0.90054724,
    20.161679,
    1.6096124,
    0.035587413,
    62.604731,
    179.18706,
    0.060125158,
    1.5789458,
    113.40944,
    0.86442628,
    1.0078809,
    0.97656394,
    0.001925914,
    0.71141015,
    1.3245116,
    0.98740641,
    0.26364625,
    1.0173462,
    0.23265375,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
];

fn over<A: Algebra>(x: A, half: f64) -> A {
    x / (x + half)
}

fn clamp<A: Algebra>(x: A, most: f64) -> A {
    x.positive() - (x - most).positive()
}

/// Tryptophan hydroxylase and the regeneration of its cofactor.
fn hydroxylase<A: Algebra>(trp: A, bh2: A, bh4: A) -> (A, A) {
    let synthesis = trp * 278.0 / (trp + 40.0 + trp * trp * 1e-3) * over(bh4, 20.0);
    let regained =
        over(bh2, 100.0) * (5000.0 * 330.0 / (75.0 + 330.0)) - over(bh4, 10.0) * (3.0 * 26.0 / (75.0 + 26.0));
    (synthesis, regained)
}

/// The 5-HT1B autoreceptor: how fast its G protein and the regulator of that change.
fn autoreceptor<A: Algebra>(g: A, tt: A, b: A) -> (A, A) {
    (b * b * 20.0 * (-g + 10.0) - tt * g * 200.0, g * g * 30.0 * (-tt + 10.0) - tt * 200.0)
}

/// Breakdown by MAO, of which a share is left.
fn mao<A: Algebra>(x: A, left: A) -> A {
    left * over(x, 95.0) * 4000.0
}

fn uptake_by_glia<A: Algebra>(e: A, share: f64, ramp: A) -> A {
    over(e, 0.17) * (1400.0 * share) * clamp(ramp, 1.0)
}

/// Inputs: tryptophan in blood, share of MAO that is left.
impl Equations<18, 2> for Terminal {
    fn rates<A: Algebra>(&self, y: &[A; 18], inputs: &[A; 2]) -> [A; 18] {
        let [bh2, bh4, trp, htp, c, v, e, hia, pool, g, tt, b, gl, gh, th, bh, srf, pol] = *y;
        let [btrp, left] = *inputs;
        let active = g - 0.8639;
        let (tph, regained) = hydroxylase(trp, bh2, bh4);
        let synthesis = (active * -0.5 + 1.0) * tph;
        let turned = synthesis - regained;
        let entry = over(btrp, 330.0) * 700.0;
        let into_pool = trp * 9.0 - pool * 0.6;
        let aadc = over(htp, 160.0) * 400.0;
        let vmat = over(c, 0.2) * 1230.0 - v;
        let released = (active * -0.5 + 1.89) * (-(gh - 0.6947) + 1.0) * v;
        let sert = srf * over(e, 0.060) * 250.0;
        let swept = uptake_by_glia(e, 0.05, (e - 0.0605) * 50.0);
        let (mao_c, mao_g) = (mao(c, left), mao(gl, left));
        let bound = e * 36_000.0 * (-b + 10.0) - b * 20_000.0;
        let (g_, tt_) = autoreceptor(g, tt, b);
        let up = e.constant(2.0) / ((active * -500.0).exp() + 1.0);
        let moved = up * pol - srf;
        [
            turned,
            -turned,
            entry - synthesis - into_pool - trp * 2.0,
            synthesis - aadc,
            aadc - vmat + sert - mao_c - c,
            vmat - released,
            released - sert - swept - e * 40.0 - bound + c + gl,
            mao_c + mao_g - hia,
            into_pool - pool,
            g_,
            tt_,
            bound,
            swept - mao_g - gl,
            bh * bh * 4.32 * (-gh + 1.0) - th * gh * 1.296,
            gh * gh * 14.4 * (-th + 60.0) - th * 25.92,
            (-bh + 10.0) * (432.0 * 1.39) - bh * 1440.0,
            moved,
            -moved,
        ]
    }
}

/// The terminal with two pools; `most` is the cap of what firing and receptors together do to release.
pub(super) struct Pools {
    pub(super) most: f64,
}

/// Inputs: firing, escitalopram held in the brain (µM), share of MAO that is left.
impl Equations<26, 3> for Pools {
    fn rates<A: Algebra>(&self, y: &[A; 26], inputs: &[A; 3]) -> [A; 26] {
        let [
            btrp,
            bh2,
            bh4,
            trp,
            htp,
            c,
            v,
            vres,
            e,
            hia,
            pool,
            g,
            tt,
            b,
            gl,
            gh,
            th,
            bh,
            phos,
            srf,
            pol,
            ina,
            q0,
            q1,
            q2,
            q3,
        ] = *y;
        let [fire, held, left] = *inputs;
        let active = g - 0.8561;
        let ssri = held + q2 * (1000.0 / 0.41 / 324.392);
        let (tph, regained) = hydroxylase(trp, bh2, bh4);
        let synthesis = (active * -0.1 + 1.0).positive() * tph;
        let turned = synthesis - regained;
        let entry = over(btrp, 330.0) * 700.0;
        let into_pool = trp * 9.0 - pool * 0.6;
        let aadc = over(htp, 160.0) * 400.0;
        let pumped = over(c, 0.2) * 1230.0;
        let (vmat, vmat_res) = ((pumped - v).positive(), (pumped - vres).positive());
        let refill = clamp((-v + 63.0457) * 15.0, 100.0);
        let driven = fire * (active * -1.5 + 1.0).positive() * ((gh - 0.7484) * -3.0 + 1.0).positive();
        let released = clamp(driven, self.most) * v * 1.89;
        let ki = (ssri * -4.0).exp() * 0.05 + 0.001;
        let sert = srf * 250.0 * e / ((ssri / ki + 1.0) * 0.060 + e);
        let swept = uptake_by_glia(e, 0.01, (e - 0.06) * 50.0);
        let (mao_c, mao_g) = (mao(c, left), mao(gl, left));
        let (g_, tt_) = autoreceptor(g, tt, b);
        let up = clamp(active * 7.5 + 1.0, 2.0) * 10.0;
        let down = clamp(active * -7.5 + 1.0, 2.0) * 10.0;
        let moved = up * pol - down * phos;
        let inward = clamp(ssri * 2.5, 2.0) * 7.5 * srf - ina * 0.75;
        let (clearance, back) = (0.44, 2910.0 * 0.85);
        [
            -entry + 157.6 - (btrp - 96.0) * 5.0,
            turned,
            -turned,
            entry - synthesis - into_pool - trp * 2.0,
            synthesis - aadc,
            aadc - vmat - vmat_res + sert - mao_c - (c - e),
            vmat - released + refill,
            vmat_res - refill,
            released - sert - swept - e * 40.0 + (c - e) + (gl - e),
            mao_c + mao_g - hia,
            into_pool - pool,
            g_,
            tt_,
            e * 36.0 * (-b + 10.0) - b * 20.0,
            swept - mao_g - (gl - e),
            bh * bh * 100.0 * (-gh + 10.0) - th * gh * 961.094,
            gh * gh * 20.0 * (-th + 10.0) - th * 66.2992,
            (-bh + 10.0) * (5.0 * 1.4378) - bh * 65.6179,
            moved,
            moved - inward,
            -moved,
            inward,
            q0 * -0.6,
            q0 * 0.6 - q1 * ((3.0 + 9.9 + 6.0) * clearance) + q2 * back + q3 * 0.6,
            q1 * (9.9 * clearance) - q2 * back,
            q1 * (6.0 * clearance) - q3 * 0.6,
        ]
    }
}
