//! Where users come from.

use crate::random::{Random, Share};
use crate::text::{push_number, push_text};

/// An acquisition channel.
#[derive(Debug)]
struct Channel {
    /// Per cent of the users.
    weight: u32,
    name: &'static str,
    /// How likely its users are to stay, the mean being 1,000.
    stay_per_mille: u32,
    /// Its campaigns; none if there is nothing to attribute to.
    campaigns: &'static [&'static str],
}

const CHANNELS: [Channel; 7] = [
    Channel { weight: 45, name: "organic", stay_per_mille: 1_060, campaigns: &[] },
    Channel {
        weight: 15,
        name: "facebook",
        stay_per_mille: 970,
        campaigns: &["camp_us_1", "camp_us_2", "camp_tier1_1", "LAL 1%, iOS", "camp_latam_2"],
    },
    Channel {
        weight: 14,
        name: "google_ads",
        stay_per_mille: 990,
        campaigns: &["camp_us_3", "camp_tier1_2", "camp_tier1_3", "camp_row_1", "camp_latam_1"],
    },
    Channel { weight: 8, name: "unity_ads", stay_per_mille: 900, campaigns: &["camp_row_2", "camp_row_3"] },
    Channel { weight: 8, name: "applovin", stay_per_mille: 920, campaigns: &["camp_row_4", "camp_tier1_4"] },
    Channel {
        weight: 7,
        name: "tiktok",
        stay_per_mille: 840,
        campaigns: &["Summer, \"Big\" Sale", "Été 🌞", "camp_us_4"],
    },
    Channel {
        weight: 3,
        name: "apple_search_ads",
        stay_per_mille: 1_100,
        campaigns: &["brand \"exact\"", "camp_us_5"],
    },
];

/// Share of attributed users whose link lacked `utm_campaign`.
const UTM_CAMPAIGN_MISSING: Share = Share::per_mille(350);

/// How a user was acquired.
#[derive(Debug, Clone)]
pub(crate) struct Acquisition {
    channel: usize,
    /// Position among the campaigns of the channel.
    campaign: Option<usize>,
    has_utm_campaign: bool,
}

impl Acquisition {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let channel = random.pick_weighted(CHANNELS.iter().map(|channel| channel.weight));
        let n = u32::try_from(CHANNELS[channel].campaigns.len()).unwrap_or(0);
        let campaign = (n > 0).then(|| random.below(n) as usize);
        let has_utm_campaign = campaign.is_some() && !random.chance(UTM_CAMPAIGN_MISSING);
        Self { channel, campaign, has_utm_campaign }
    }

    pub(crate) fn stay_per_mille(&self) -> u32 {
        CHANNELS[self.channel].stay_per_mille
    }

    /// Appends channel, campaign id and name, `utm_source` and `utm_campaign`.
    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let channel = &CHANNELS[self.channel];
        push_text(out, channel.name);
        let Some(position) = self.campaign else {
            out.extend_from_slice(b",,,,");
            return;
        };
        let name = channel.campaigns[position];
        out.push(b',');
        push_number(out, 20_251_000 + 10 * self.channel + position);
        out.push(b',');
        push_text(out, name);
        out.push(b',');
        push_text(out, channel.name);
        out.push(b',');
        if self.has_utm_campaign {
            push_text(out, name);
        }
    }
}
