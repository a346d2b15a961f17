//! What an app uses per hour, in the platform's units.
//!
//! Prices differ by cloud, region and contract, so no money is shown: compute of apps in DBU per hour, the
//! database in compute units (CU), as the platform lists them.

use serde::Serialize;

/// What an app uses per hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Cost {
    /// DBU per hour of the app's compute, as it is now, with the fewest instances that it may have: none while it is
    /// stopped. Absent where the rate of a size isn't known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_dbu_per_hour: Option<f64>,
    /// The smallest number of compute units of the database while it is awake. It may be shared with other apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_min_cu: Option<f64>,
    /// The largest number of compute units of the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_max_cu: Option<f64>,
}

impl Cost {
    /// Of an app with compute in this state, of this size and with at least this number of instances, and a database
    /// with this range of compute units.
    pub(super) fn of(
        compute: &str,
        (size, instances): (Option<&str>, Option<u32>),
        database: Option<(f64, f64)>,
    ) -> Self {
        let rate = match size {
            // The documented rates. That of XLARGE isn't documented.
            Some("MEDIUM") => Some(0.5),
            Some("LARGE") => Some(1.0),
            _ => None,
        };
        Self {
            app_dbu_per_hour: match compute {
                "STOPPED" => Some(0.0),
                _ => rate.map(|rate| rate * f64::from(instances.unwrap_or(1))),
            },
            database_min_cu: database.map(|(min, _)| min),
            database_max_cu: database.map(|(_, max)| max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cost;

    #[test]
    fn a_rate_that_is_not_documented_is_unknown() {
        let rate = |compute, size| Cost::of(compute, (size, None), None).app_dbu_per_hour;
        let of_three = Cost::of("ACTIVE", (Some("LARGE"), Some(3)), None).app_dbu_per_hour;
        assert_eq!(of_three, Some(3.0));
        assert_eq!(rate("ACTIVE", Some("MEDIUM")), Some(0.5));
        assert_eq!(rate("ACTIVE", Some("LARGE")), Some(1.0));
        assert_eq!(rate("ACTIVE", Some("XLARGE")), None);
        assert_eq!(rate("ACTIVE", None), None);
        assert_eq!(rate("STOPPED", Some("XLARGE")), Some(0.0));
        let of_database = Cost::of("ACTIVE", (None, None), Some((0.5, 2.0)));
        assert_eq!((of_database.database_min_cu, of_database.database_max_cu), (Some(0.5), Some(2.0)));
    }
}
