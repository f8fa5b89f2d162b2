//! Model R: the equations.
//!
//! One serotonergic neuron with its terminal in the forebrain and its cell body in the raphe. Tryptophan enters from
//! the blood, becomes 5-HTP and serotonin, is packed into vesicles, released by firing, taken back by the transporter or
//! swept into glia, and destroyed by MAO. Serotonin around the cell body slows firing (5-HT1A), serotonin at the terminal
//! slows release and synthesis (5-HT1B).
//!
//! ```text
//!   blood ─▶ trp ⇄ pool          ┌───────── sert ◀─────────┐
//!             │ S                ▼                         │
//!            htp ──aadc──▶ c (cytosol) ⇄ v (vesicles) ──rel──▶ e (outside) ──▶ q (glia)
//!                          │ mao                                              │ maog
//!                          └────────────▶ hia (5-HIAA) ◀──────────────────────┘
//! ```
//!
//! It descends from the terminal models of Best, Nijhout and Reed (2010, 2020) and of the Hashemi laboratory (2022 on),
//! which hold serotonin outside the cell near its baseline by construction and cannot reach what poisoning does; here it
//! is free to rise. Hours, micromoles per liter; `x` and `r` are folds of the person's own baseline. What comes out is a
//! comparison with the same person without the drugs, never an absolute level, which nobody can measure.
//!
//! [`terms`] and [`rates`] are the model. [`Jacobian`] is the same with derivatives, written by hand because most of
//! the 225 are zero; a test holds it against the equations. Symbols keep the names that modelers know.

use super::algebra::Algebra;
use crate::lanes::Lane;
use std::f64::consts::LN_2;

/// Number of states.
pub(crate) const STATES: usize = 15;

/// Declares a struct of numbers whose fields have the names of the specification.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident $symbol:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name<N> { $($(#[$doc])* pub(crate) $field: N,)+ }

        #[allow(dead_code, reason = "not every struct needs each of these")]
        impl $name<Lane> {
            /// What is one person's of it.
            #[inline(always)]
            pub(crate) fn of(&self, lane: usize) -> $name<f64> {
                $name { $($field: self.$field.0[lane]),+ }
            }

            /// Puts one person's in its place.
            #[inline(always)]
            pub(crate) fn put(&mut self, lane: usize, one: &$name<f64>) {
                $(self.$field.0[lane] = one.$field;)+
            }
        }

        #[allow(dead_code, reason = "not every struct needs each of these")]
        impl<N: Copy> $name<N> {
            /// The symbols, in the order of the fields.
            pub(crate) const SYMBOLS: &'static [&'static str] = &[$($symbol),+];

            /// Made by asking for each symbol, in order.
            #[inline(always)]
            pub(crate) fn each(mut value: impl FnMut(&'static str) -> N) -> Self {
                Self { $($field: value($symbol)),+ }
            }

            /// The values, in the order of the fields.
            #[inline(always)]
            pub(crate) fn values(&self) -> [N; [$($symbol),+].len()] {
                [$(self.$field),+]
            }

            /// The value of a symbol, to change.
            pub(crate) fn get_mut(&mut self, symbol: &str) -> Option<&mut N> {
                match symbol { $($symbol => Some(&mut self.$field),)+ _ => None }
            }
        }
    };
}

/// Symbols of the states, in order.
pub(crate) const STATE_SYMBOLS: [&str; STATES] =
    ["trp", "pool", "htp", "c", "v", "e", "q", "hia", "csf", "r", "MA", "MB", "D", "P", "TP"];

named! {
    /// What drives the model; functions of time.
    Inputs {
        /// Sum over reuptake inhibitors of free level over Ki, at the terminals.
        u "u",
        /// The same at the cell bodies; where nothing is said it is `u`.
        u_r "u_r",
        /// Rate at which MAO-A is destroyed, 1/h.
        kinact_a "kinactA",
        /// Rate at which MAO-B is destroyed, 1/h.
        kinact_b "kinactB",
        /// Sum of level over Ki of reversible inhibitors of MAO-A.
        rev_a "revA",
        /// The same for MAO-B.
        rev_b "revB",
        /// Releasers: 1 is a clearly effective recreational exposure to MDMA.
        mdma "mdma",
        /// 5-HTP that enters the terminals, µM/h.
        htp_in "htp_in",
        /// Total tryptophan in plasma, µM.
        tp "tp",
        /// Amino acids that compete with it, over their fasting value.
        lnaa "lnaa",
        /// What the capacity of TPH2 tends to.
        tph_mult "tph_mult",
        /// Inhibitors of synthesis, level over Ki.
        tph_inh "tph_inh",
        /// Agonists of 5-HT1A at the cell bodies, level over K.
        ago_1a "ago1A",
        /// Antagonists there.
        ant_1a "ant1A",
        /// What else drives firing.
        fire_ext "fire_ext",
        /// Agonists at the receiving 5-HT2A, level over K; of a partial agonist the part that is its efficacy, and the
        /// rest with the antagonists.
        ago_2a "ago2A",
        /// Antagonists of 5-HT2A.
        ant_2a "ant2A",
        /// Agonists at the receiving 5-HT1A.
        ago_1a_post "ago1Ap",
        /// Antagonists there.
        ant_1a_post "ant1Ap",
    }
}

impl Inputs<f64> {
    /// No drug, fasting tryptophan: the baseline.
    pub(crate) const REST: Self = Self {
        u: 0.0,
        u_r: 0.0,
        kinact_a: 0.0,
        kinact_b: 0.0,
        rev_a: 0.0,
        rev_b: 0.0,
        mdma: 0.0,
        htp_in: 0.0,
        tp: 96.0,
        lnaa: 1.0,
        tph_mult: 1.0,
        tph_inh: 0.0,
        ago_1a: 0.0,
        ant_1a: 0.0,
        fire_ext: 1.0,
        ago_2a: 0.0,
        ant_2a: 0.0,
        ago_1a_post: 0.0,
        ant_1a_post: 0.0,
    };
}

named! {
    /// What a person's synapse is like; `synapse.toml` says what each means and where it is from.
    Parameters {
        tph "tph",
        tph_km "tph_km",
        tph_ki "tph_ki",
        bh4 "BH4",
        vmax_in "vmax_in",
        km_in "km_in",
        lnaa0 "lnaa0",
        tp0 "tp0",
        k_pool_in "k_pool_in",
        k_pool_out "k_pool_out",
        k_pool_rem "k_pool_rem",
        k_trp_rem "k_trp_rem",
        aadc_vmax "aadc_vmax",
        aadc_km "aadc_km",
        c0 "c0",
        v0 "v0",
        e0 "e0",
        q0 "q0",
        rel_flux "rel_flux",
        leak "leak",
        ns "ns",
        loss "loss",
        sig "sig",
        kappa_v "kappa_v",
        vfill "vfill",
        k_vl "k_vl",
        vmat_k "vmat_k",
        w_b "wB",
        w_bg "wBg",
        res "res",
        mao_km "mao_km",
        kb "kb",
        k_hia "k_hia",
        k_csf "k_csf",
        k1a "K1A",
        kap "kap",
        kap_ant "kap_ant",
        phi "phi",
        leak_r "leak_r",
        ns_r "ns_r",
        gl_r "gl_r",
        k_r "k_r",
        k1b "K1B",
        kap_b "kap_b",
        kap_s "kap_s",
        alpha "alpha",
        tau_d "tauD",
        delta "delta",
        h_d "hD",
        t_a "tA",
        t_b "tB",
        k_p "kP",
        c_p "cP",
        tau_t "tauT",
        md_j "md_J",
        md_k "md_k",
        md_vm "md_vm",
        md_vi "md_vi",
        md_u "md_u",
        ec1a "EC1A",
        ec2a "EC2A",
    }
}

named! {
    /// What follows from the parameters if the baseline is to be at rest.
    Derived {
        /// Tryptophan, 5-HTP and 5-HIAA at rest, µM.
        trp0 "trp0",
        htp0 "htp0",
        hia0 "hia0",
        /// Rates of leak, loss, uptake into glia and breakdown there, 1/h.
        k_leak "k_leak",
        k_loss "k_loss",
        k_up "k_up",
        kmg "kmg",
        /// Release at rest, µM/h.
        rel_v "rel_v",
        /// The transporter: half saturation, µM, and capacity, µM/h.
        km "Km",
        vs "Vs",
        /// Capacities of MAO and of VMAT, µM/h.
        vm "Vm",
        vmat_v "vmatV",
        /// Breakdown by MAO at rest, µM/h: not above zero means that no such person can be.
        fm "Fm",
        /// Receptors at rest.
        a0 "a0",
        b0 "b0",
    }
}

/// Tryptophan at rest: where entry balances synthesis and removal (Newton's method on a falling function).
#[inline(always)]
pub(crate) fn trp_at_rest(p: &Parameters<Lane>) -> Lane {
    let entry = p.vmax_in * p.tp0 / (p.km_in + p.tp0);
    let out = p.k_trp_rem + p.k_pool_in * (Lane::ONE - p.k_pool_out / (p.k_pool_out + p.k_pool_rem));
    let most = p.tph * p.bh4;
    let mut trp = entry / out;
    for _ in 0..40 {
        let held = p.tph_km + trp + trp * trp / p.tph_ki;
        let excess = entry - most * trp / held - out * trp;
        let slope = most * (p.tph_km - trp * trp / p.tph_ki) / (held * held) + out;
        trp += excess / slope;
    }
    trp
}

/// The constants that make the baseline an exact rest point.
#[inline(always)]
pub(crate) fn derive<N: Algebra>(p: &Parameters<N>, trp0: N) -> Derived<N> {
    let synthesis = p.tph * p.bh4 * trp0 / (p.tph_km + trp0 + trp0 * trp0 / p.tph_ki);
    let unspecific = p.ns * p.rel_flux;
    let lost = p.loss * unspecific;
    let into_glia = unspecific - lost;
    let taken_back = p.rel_flux - unspecific;
    let rel_v = (-p.leak + 1.0) * p.rel_flux;
    let fm = synthesis + taken_back - p.leak * p.rel_flux - rel_v;
    let km = p.e0 / p.sig;
    let one = trp0.constant(1.0);
    Derived {
        trp0,
        htp0: p.aadc_km * synthesis / (p.aadc_vmax - synthesis),
        hia0: (fm + into_glia) / p.k_hia,
        k_leak: p.leak * p.rel_flux / p.c0,
        k_loss: lost / p.e0,
        k_up: (into_glia + p.kb * p.q0) / p.e0,
        kmg: into_glia / p.q0,
        rel_v,
        km,
        vs: taken_back * (km + p.e0) / p.e0,
        vm: fm * (p.mao_km + p.c0) / p.c0,
        vmat_v: (p.k_vl * p.v0 + rel_v) * (p.vmat_k + p.c0) / p.c0 / (-(one / p.vfill) + 1.0),
        fm,
        a0: one / (p.k1a + 1.0),
        b0: one / (p.k1b + 1.0),
    }
}

/// One person, or eight: parameters with what follows from them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Synapse<N> {
    pub(crate) p: Parameters<N>,
    pub(crate) d: Derived<N>,
}

impl Synapse<Lane> {
    /// One person's.
    #[inline(always)]
    pub(crate) fn one(&self, lane: usize) -> Synapse<f64> {
        Synapse { p: self.p.of(lane), d: self.d.of(lane) }
    }

    pub(crate) fn of(p: Parameters<Lane>) -> Self {
        Self { d: derive(&p, trp_at_rest(&p)), p }
    }
}

impl<N: Algebra> Synapse<N> {
    /// The states at rest.
    pub(crate) fn rest(&self) -> [N; STATES] {
        let (p, d) = (&self.p, &self.d);
        let pool = p.k_pool_in * d.trp0 / (p.k_pool_out + p.k_pool_rem);
        let one = d.trp0.constant(1.0);
        [d.trp0, pool, d.htp0, p.c0, p.v0, p.e0, p.q0, d.hia0, one, one, one, one, one, one, one]
    }
}

/// Serotonin outside the cells over that at rest.
#[inline(always)]
pub(crate) fn fold<N: Algebra>(y: &[N; STATES], s: &Synapse<N>) -> N {
    y[5] / s.p.e0
}

/// Active shares of MAO-A and of MAO-B.
#[inline(always)]
pub(crate) fn active_mao<N: Algebra>(y: &[N; STATES], i: &Inputs<N>) -> (N, N) {
    (y[10] / (i.rev_a + 1.0), y[11] / (i.rev_b + 1.0))
}

named! {
    /// The algebraic terms.
    Terms {
        /// Serotonin outside, fold.
        x "x",
        /// Raphe autoreceptor, and terminal autoreceptor, activation from 0 to 1.
        a "a",
        b "b",
        /// Logarithm of firing, and firing.
        ln_f "ln_f",
        f "f",
        /// Synthesis, µM/h.
        s "S",
        /// Entry of tryptophan, µM/h.
        vin "vin",
        /// Share of the transporter that is free.
        free "free",
        /// Transport back, µM/h.
        sert "sert",
        /// Releasable store, fold, and what the terminal autoreceptor lets through.
        rrp "rrp",
        brake "brake",
        /// Release, µM/h.
        rel "rel",
        /// Active share of MAO-A and of MAO-B.
        ea "eA",
        eb "eB",
        /// Breakdown in the neuron and in glia, µM/h.
        mao "mao",
        maog "maog",
        /// Into vesicles, µM/h.
        vmat "vmat",
        /// Reverse transport by releasers, what they empty from vesicles, and leak, µM/h.
        jm "jm",
        vml "vml",
        out "leak_c",
        /// 5-HTP to serotonin, µM/h.
        aadc "aadc",
        /// Around the cell bodies: transport back and other removal, fold.
        sr "sr",
        glr "glr",
        /// What the sensitivity of the raphe autoreceptor tends to.
        d_inf "Dinf",
    }
}

/// The algebraic terms at a state.
#[inline(always)]
pub(crate) fn terms<N: Algebra>(y: &[N; STATES], i: &Inputs<N>, s: &Synapse<N>) -> Terms<N> {
    let [trp, _pool, htp, c, v, e, q, _hia, _csf, r, _ma, _mb, d, _p, tp] = *y;
    let (p, k) = (&s.p, &s.d);
    let x = fold(y, s);

    // Receptors and firing.
    let near = r / p.k1a + i.ago_1a;
    let a = near / (near + i.ant_1a + 1.0);
    let b = x / (p.k1b + x);
    let above = a - k.a0;
    let slowed = -(p.kap * d * above);
    let freed = p.kap_ant * d * (k.a0 - a) / k.a0 + 1.0;
    let ln_f = i.fire_ext.ln() + above.if_positive(slowed, || freed.positive().ln());
    let f = ln_f.exp();

    // Synthesis and entry.
    let tph = p.tph * p.bh4 * tp * trp / (p.tph_km + trp + trp * trp / p.tph_ki);
    let synthesis = tph * (p.alpha * ln_f - p.kap_s * (b - k.b0)).exp() / (i.tph_inh + 1.0);
    let vin = p.vmax_in * i.tp / (p.km_in * (p.lnaa0 * i.lnaa + 1.0) / (p.lnaa0 + 1.0) + i.tp);

    // Release, transport, removal.
    let free = i.u.constant(1.0) / (i.u + 1.0);
    let taken = i.u + p.md_u * i.mdma + 1.0;
    let sert = k.vs * e / (k.km * taken + e);
    let fill = v / p.v0;
    let rrp = fill * (p.kappa_v + 1.0) / (fill + p.kappa_v);
    let brake = (-(p.kap_b * (b - k.b0))).exp();
    let rel = k.rel_v * rrp * f * brake;
    let (ea, eb) = active_mao(y, i);
    let active = |of_b: N| (-p.res + 1.0) * ((-of_b + 1.0) * ea + of_b * eb) + p.res;
    let mao = k.vm * active(p.w_b) * c / (p.mao_km + c);
    let maog = k.kmg * active(p.w_bg) * q;
    let room = (-(fill / p.vfill) + 1.0).positive();
    let vmat = k.vmat_v * c / (p.vmat_k + c) * room / (p.md_vi * i.mdma * free + 1.0);
    let jm = p.md_j * i.mdma * free * free * c / (p.md_k + c);
    let vml = p.md_vm * i.mdma * free * v;
    let out = k.k_leak * c;
    let aadc = p.aadc_vmax * htp / (p.aadc_km + htp);

    // Around the cell bodies.
    let taken_r = i.u_r + p.md_u * i.mdma + 1.0;
    let sr = (-p.ns_r + 1.0) * r * (p.sig + 1.0) / (taken_r + p.sig * r);
    let glial = (-p.w_bg + 1.0) * ea + p.w_bg * eb;
    let glr = p.ns_r * r * (p.gl_r * (glial - 1.0) + 1.0);
    let over = above.positive();
    let d_inf = -(p.delta * over / (over + p.h_d)) + 1.0;

    Terms {
        x,
        a,
        b,
        ln_f,
        f,
        s: synthesis,
        vin,
        free,
        sert,
        rrp,
        brake,
        rel,
        ea,
        eb,
        mao,
        maog,
        vmat,
        jm,
        vml,
        out,
        aadc,
        sr,
        glr,
        d_inf,
    }
}

/// How fast each state changes, per hour.
#[inline(always)]
pub(crate) fn rates<N: Algebra>(y: &[N; STATES], i: &Inputs<N>, s: &Synapse<N>, t: &Terms<N>) -> [N; STATES] {
    let [trp, pool, _htp, c, v, e, q, hia, csf, _r, ma, mb, d, platelet, tp] = *y;
    let (p, k) = (&s.p, &s.d);
    let one = i.u.constant(1.0);
    let into_pool = p.k_pool_in * trp;
    let near =
        (-p.leak_r + 1.0) * t.rrp * (p.phi * t.f - p.phi + 1.0) + p.leak_r * c / p.c0 + t.jm / p.rel_flux
            - t.sr
            - t.glr;
    [
        t.vin - t.s - into_pool + p.k_pool_out * pool - p.k_trp_rem * trp,
        into_pool - (p.k_pool_out + p.k_pool_rem) * pool,
        t.s + i.htp_in - t.aadc,
        t.aadc - t.vmat + p.k_vl * v + t.sert - t.mao - t.out - t.jm + t.vml,
        t.vmat - p.k_vl * v - t.rel - t.vml,
        t.rel + t.out + t.jm - t.sert - k.k_loss * e - k.k_up * e + p.kb * q,
        k.k_up * e - p.kb * q - t.maog,
        t.mao + t.maog - p.k_hia * hia,
        p.k_csf * (hia / k.hia0 - csf),
        p.k_r * near,
        (one - ma) * LN_2 / p.t_a - i.kinact_a * ma,
        (one - mb) * LN_2 / p.t_b - i.kinact_b * mb,
        (t.d_inf - d) / p.tau_d,
        p.k_p * (one / (p.c_p * i.u + 1.0) - platelet),
        (i.tph_mult - tp) / p.tau_t,
    ]
}

named! {
    /// What is told beside the states.
    Outputs {
        /// Serotonin outside the cells, over the person's own baseline.
        x "x",
        /// Firing of the raphe, over baseline.
        f "f",
        /// Synthesis, µM/h.
        s "S",
        /// Activity of MAO-A and MAO-B.
        ea "eA",
        eb "eB",
        /// Activation of the receiving 5-HT1A and 5-HT2A receptors, from 0 to 1.
        act_1a "act1A",
        act_2a "act2A",
    }
}

/// What is told of a state.
#[inline(always)]
pub(crate) fn outputs<N: Algebra>(i: &Inputs<N>, s: &Synapse<N>, t: &Terms<N>) -> Outputs<N> {
    let activation = |half: N, agonists: N, antagonists: N| {
        let active = t.x / half + agonists;
        active / (active + antagonists + 1.0)
    };
    Outputs {
        x: t.x,
        f: t.f,
        s: t.s,
        ea: t.ea,
        eb: t.eb,
        act_1a: activation(s.p.ec1a, i.ago_1a_post, i.ant_1a_post),
        act_2a: activation(s.p.ec2a, i.ago_2a, i.ant_2a),
    }
}

named! {
    /// Derivatives of the rates by the states: those that are not zero, with what [`Jacobian::factor`] needs of them.
    ///
    /// `r_c` is the derivative of the rate of `r` by `c`, and so on; synthesis `s` enters `trp` and `htp` alike.
    Jacobian {
        s_trp "s_trp",
        s_e "s_e",
        s_r "s_r",
        s_d "s_d",
        s_tp "s_tp",
        trp_rest "trp_rest",
        aadc_htp "aadc_htp",
        c_c "c_c",
        c_v "c_v",
        sert_e "sert_e",
        c_ma "c_ma",
        c_mb "c_mb",
        v_c "v_c",
        v_v "v_v",
        rel_v "rel_v",
        rel_e "rel_e",
        rel_r "rel_r",
        rel_d "rel_d",
        e_c "e_c",
        e_e "e_e",
        q_q "q_q",
        q_ma "q_ma",
        q_mb "q_mb",
        mao_c "mao_c",
        r_c "r_c",
        r_v "r_v",
        r_r "r_r",
        r_d "r_d",
        r_ma "r_ma",
        r_mb "r_mb",
        d_r "d_r",
        ma_ma "ma_ma",
        mb_mb "mb_mb",
    }
}

impl<N: Algebra> Jacobian<N> {
    /// The derivatives at a state.
    #[inline(always)]
    pub(crate) fn at(y: &[N; STATES], i: &Inputs<N>, s: &Synapse<N>, t: &Terms<N>) -> Self {
        let [trp, _, htp, c, v, e, q, _, _, r, _, _, d, _, tp] = *y;
        let (p, k) = (&s.p, &s.d);
        let (zero, one) = (trp.constant(0.0), trp.constant(1.0));
        let above_zero = |value: N| (value - 1e-30).positive() + 1e-30;

        // Receptors and firing.
        let bound = one / (r / p.k1a + i.ago_1a + i.ant_1a + 1.0);
        let a_r = (i.ant_1a + 1.0) * bound * bound / p.k1a;
        let above = t.a - k.a0;
        let per_freed = one / (p.kap_ant * d * (-above) / k.a0 + 1.0);
        let ln_f_r = above.if_positive(-(p.kap * d), || -(p.kap_ant * d / k.a0) * per_freed) * a_r;
        let ln_f_d = above.if_positive(-(p.kap * above), || -(p.kap_ant * above / k.a0) * per_freed);
        let half = p.k1b + t.x;
        let b_e = p.k1b / (half * half * p.e0);

        // Synthesis: `s` is proportional to trp over what holds it, and to tp.
        let per_held = one / (p.tph_km + trp + trp * trp / p.tph_ki);
        let capacity = t.s / (above_zero(trp) * per_held);
        let s_trp = capacity * (p.tph_km - trp * trp / p.tph_ki) * per_held * per_held;
        let s_r = t.s * p.alpha * ln_f_r;
        let s_d = t.s * p.alpha * ln_f_d;
        let s_e = -(t.s * p.kap_s * b_e);
        let s_tp = t.s / above_zero(tp);
        let held = one / (p.aadc_km + htp);
        let aadc_htp = p.aadc_vmax * p.aadc_km * held * held;

        // Release, transport, removal.
        let taken = k.km * (i.u + p.md_u * i.mdma + 1.0);
        let held = one / (taken + e);
        let sert_e = k.vs * taken * held * held;
        let fill = v / p.v0;
        let held = one / (fill + p.kappa_v);
        let rrp_v = (p.kappa_v + 1.0) * p.kappa_v * held * held / p.v0;
        let braked = k.rel_v * t.f * t.brake;
        let rel_v = braked * rrp_v;
        let rel_r = t.rel * ln_f_r;
        let rel_d = t.rel * ln_f_d;
        let rel_e = -(t.rel * p.kap_b * b_e);
        let (per_a, per_b) = (one / (i.rev_a + 1.0), one / (i.rev_b + 1.0));
        let not_res = one - p.res;
        let active = |of_b: N| not_res * ((one - of_b) * t.ea + of_b * t.eb) + p.res;
        let held = one / (p.mao_km + c);
        let mao_c = k.vm * active(p.w_b) * p.mao_km * held * held;
        let full = k.vm * c * held * not_res;
        let (mao_ma, mao_mb) = (full * (one - p.w_b) * per_a, full * p.w_b * per_b);
        let glial = k.kmg * q * not_res;
        let (maog_ma, maog_mb) = (glial * (one - p.w_bg) * per_a, glial * p.w_bg * per_b);
        let room = one - fill / p.vfill;
        let pumps = k.vmat_v / (p.md_vi * i.mdma * t.free + 1.0);
        let held = one / (p.vmat_k + c);
        let vmat_c = pumps * p.vmat_k * held * held * room.positive();
        let vmat_v = -room.if_positive(pumps * c * held / (p.v0 * p.vfill), || zero);
        let held = one / (p.md_k + c);
        let jm_c = p.md_j * i.mdma * t.free * t.free * p.md_k * held * held;
        let emptied = p.k_vl + p.md_vm * i.mdma * t.free;

        // Around the cell bodies.
        let taken_r = i.u_r + p.md_u * i.mdma + 1.0;
        let held = one / (taken_r + p.sig * r);
        let sr_r = (one - p.ns_r) * (p.sig + 1.0) * taken_r * held * held;
        let glr_r = p.ns_r * (p.gl_r * ((one - p.w_bg) * t.ea + p.w_bg * t.eb - 1.0) + 1.0);
        let glr = p.ns_r * r * p.gl_r * p.k_r;
        let vesicular = p.k_r * (one - p.leak_r);
        let fired = vesicular * t.rrp * p.phi * t.f;
        let over = above.positive() + p.h_d;

        Self {
            s_trp,
            s_e,
            s_r,
            s_d,
            s_tp,
            trp_rest: p.k_pool_in + p.k_trp_rem,
            aadc_htp,
            c_c: -(vmat_c + mao_c + k.k_leak + jm_c),
            c_v: emptied - vmat_v,
            sert_e,
            c_ma: -mao_ma,
            c_mb: -mao_mb,
            v_c: vmat_c,
            v_v: vmat_v - emptied - rel_v,
            rel_v,
            rel_e,
            rel_r,
            rel_d,
            e_c: k.k_leak + jm_c,
            e_e: rel_e - sert_e - k.k_loss - k.k_up,
            q_q: -(p.kb + k.kmg * active(p.w_bg)),
            q_ma: -maog_ma,
            q_mb: -maog_mb,
            mao_c,
            r_c: p.k_r * (p.leak_r / p.c0 + jm_c / p.rel_flux),
            r_v: vesicular * rrp_v * (p.phi * t.f - p.phi + 1.0),
            r_r: fired * ln_f_r - p.k_r * (sr_r + glr_r),
            r_d: fired * ln_f_d,
            r_ma: -(glr * (one - p.w_bg) * per_a),
            r_mb: -(glr * p.w_bg * per_b),
            d_r: above.if_positive(-(p.delta * p.h_d * a_r / (over * over * p.tau_d)), || zero),
            ma_ma: -(one * LN_2 / p.t_a + i.kinact_a),
            mb_mb: -(one * LN_2 / p.t_b + i.kinact_b),
        }
    }

    /// `1 / (h gamma) - J`, ready to be solved with: what stands alone is a division, what is left after pool, htp, q, D
    /// and trp have been put into the others is four by four.
    #[inline(always)]
    pub(crate) fn factor(&self, per_step: N, s: &Synapse<N>) -> Factored<N> {
        let (p, k) = (&s.p, &s.d);
        let (g, one) = (per_step, per_step.constant(1.0));
        let by = |diagonal: N| one / (g + diagonal);
        let pool = by(p.k_pool_out + p.k_pool_rem);
        let d = by(one / p.tau_d);
        let q = by(-self.q_q);
        let d_r = self.d_r * d;
        let s_r = self.s_r + self.s_d * d_r;
        let trp = one / (g + self.s_trp + self.trp_rest - p.k_pool_out * p.k_pool_in * pool);
        let htp = by(self.aadc_htp);
        // What synthesis gives on to serotonin once trp has answered.
        let passed = self.aadc_htp * htp * (one - self.s_trp * trp);
        let q_e = k.k_up * q;
        let rel_r = self.rel_r + self.rel_d * d_r;
        let r_r = self.r_r + self.r_d * d_r;
        let mut m = [
            [g - self.c_c, -self.c_v, -(self.sert_e + passed * self.s_e), -(passed * s_r)],
            [-self.v_c, g - self.v_v, self.rel_e, rel_r],
            [-self.e_c, -self.rel_v, g - self.e_e - p.kb * q_e, -rel_r],
            [-self.r_c, -self.r_v, g.constant(0.0), g - r_r],
        ];
        for pivot in 0..4 {
            let inverse = one / m[pivot][pivot];
            m[pivot][pivot] = inverse;
            for row in pivot + 1..4 {
                let factor = m[row][pivot] * inverse;
                m[row][pivot] = factor;
                let above = m[pivot];
                for (here, above) in m[row].iter_mut().zip(above).skip(pivot + 1) {
                    *here = *here - factor * above;
                }
            }
        }
        let [[m00, m01, m02, m03], [m10, m11, m12, m13], [m20, m21, m22, m23], [m30, m31, m32, m33]] = m;
        Factored {
            m00,
            m01,
            m02,
            m03,
            m10,
            m11,
            m12,
            m13,
            m20,
            m21,
            m22,
            m23,
            m30,
            m31,
            m32,
            m33,
            pool,
            d,
            q,
            trp,
            htp,
            q_e,
            s_r,
            d_r,
            ma: by(-self.ma_ma),
            mb: by(-self.mb_mb),
            platelet: by(p.k_p),
            tp: by(one / p.tau_t),
            hia: by(p.k_hia),
            csf: by(p.k_csf),
            hia_csf: p.k_csf / k.hia0,
        }
    }
}

named! {
    /// A factored matrix: one over what stands alone, what was put away, and the four by four with its own factors.
    Factored {
        pool "pool",
        d "d",
        q "q",
        trp "trp",
        htp "htp",
        q_e "q_e",
        s_r "s_r",
        d_r "d_r",
        m00 "m00",
        m01 "m01",
        m02 "m02",
        m03 "m03",
        m10 "m10",
        m11 "m11",
        m12 "m12",
        m13 "m13",
        m20 "m20",
        m21 "m21",
        m22 "m22",
        m23 "m23",
        m30 "m30",
        m31 "m31",
        m32 "m32",
        m33 "m33",
        ma "ma",
        mb "mb",
        platelet "platelet",
        tp "tp",
        hia "hia",
        csf "csf",
        hia_csf "hia_csf",
    }
}

impl<N: Algebra> Factored<N> {
    /// Solves for one right-hand side.
    #[inline(always)]
    pub(crate) fn solve(&self, j: &Jacobian<N>, rhs: &[N; STATES], s: &Synapse<N>) -> [N; STATES] {
        let p = &s.p;
        let m = [
            [self.m00, self.m01, self.m02, self.m03],
            [self.m10, self.m11, self.m12, self.m13],
            [self.m20, self.m21, self.m22, self.m23],
            [self.m30, self.m31, self.m32, self.m33],
        ];
        let [trp, pool, htp, c, v, e, q, hia, csf, r, ma, mb, d, platelet, tp] = *rhs;
        // What stands alone.
        let (ma, mb) = (ma * self.ma, mb * self.mb);
        let (platelet, tp) = (platelet * self.platelet, tp * self.tp);
        let (pool0, d0) = (pool * self.pool, d * self.d);
        let q0 = (q + j.q_ma * ma + j.q_mb * mb) * self.q;
        // Synthesis apart from what trp, e and r do to it.
        let s0 = j.s_d * d0 + j.s_tp * tp;
        let trp0 = (trp + p.k_pool_out * pool0 - s0) * self.trp;
        let htp0 = (htp + s0 + j.s_trp * trp0) * self.htp;
        // The four.
        let mut k = [
            c + j.aadc_htp * htp0 + j.c_ma * ma + j.c_mb * mb,
            v - j.rel_d * d0,
            e + j.rel_d * d0 + p.kb * q0,
            r + j.r_d * d0 + j.r_ma * ma + j.r_mb * mb,
        ];
        for row in 1..4 {
            for column in 0..row {
                k[row] = k[row] - m[row][column] * k[column];
            }
        }
        for row in (0..4).rev() {
            for column in row + 1..4 {
                k[row] = k[row] - m[row][column] * k[column];
            }
            k[row] = k[row] * m[row][row];
        }
        let [c, v, e, r] = k;
        // Back into what was put away.
        let s1 = j.s_e * e + self.s_r * r;
        let trp = trp0 - s1 * self.trp;
        let pool = pool0 + p.k_pool_in * self.pool * trp;
        let d = d0 + self.d_r * r;
        let q = q0 + self.q_e * e;
        let htp = (htp + s0 + s1 + j.s_trp * trp) * self.htp;
        let (maog_q, broken) = (-(j.q_q) - p.kb, (j.c_ma + j.q_ma) * ma + (j.c_mb + j.q_mb) * mb);
        let hia = (hia + j.mao_c * c + maog_q * q - broken) * self.hia;
        let csf = (csf + self.hia_csf * hia) * self.csf;
        [trp, pool, htp, c, v, e, q, hia, csf, r, ma, mb, d, platelet, tp]
    }
}
