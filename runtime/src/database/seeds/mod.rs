//! The initial content of a new installation: prompts, a style, a profile.
//!
//! Problem: the app starts many times, and users edit, rename and delete the initial content.
//!
//! Choice: `planted_seeds` records each seed that was ever added. A seed is added once: an edited one is
//! not overwritten, a deleted one is not added again, and a name that a user already uses is left alone. A
//! new version of the app may add further seeds under new names.

use uuid::Uuid;

use super::connection::{Connection, Transaction};
use super::error::DatabaseError;
use crate::settings::SchemaName;

/// Which seeds to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The default content.
    Standard,
    /// The default content and content about the Databricks platform.
    WithDatabricksDefaults,
}

struct Seed {
    name: &'static str,
    description: &'static str,
    category: &'static str,
    content: &'static str,
    origin: &'static str,
}

const STANDARD: &str = "seed";
const DATABRICKS: &str = "databricks";

const PROMPTS: &[Seed] = &[
    Seed {
        name: "Quarterly Business Review",
        description: "Results against plan, what worked and what did not, and the decisions for next quarter",
        category: "Review",
        content: include_str!("quarterly_business_review.md"),
        origin: STANDARD,
    },
    Seed {
        name: "Executive Summary",
        description: "Five to seven slides that put the answer first and lead to a decision",
        category: "Summary",
        content: include_str!("executive_summary.md"),
        origin: STANDARD,
    },
    Seed {
        name: "Platform Consumption Review",
        description: "Usage and cost of a data platform: trend, drivers, efficiency, outlook, actions",
        category: "Review",
        content: include_str!("platform_consumption_review.md"),
        origin: DATABRICKS,
    },
    Seed {
        name: "Use Case Portfolio",
        description: "Where data and AI use cases stand, what blocks them, and where attention pays off",
        category: "Analysis",
        content: include_str!("use_case_portfolio.md"),
        origin: DATABRICKS,
    },
];

const STYLES: &[Seed] = &[
    Seed {
        name: "Clear Light",
        description: "White pages, one blue accent, one message a slide",
        category: "Standard",
        content: include_str!("clear_light_style.md"),
        origin: STANDARD,
    },
    Seed {
        name: "Data Platform",
        description: "Warm light pages with dark section breaks and a red-orange accent",
        category: "Brand",
        content: include_str!("data_platform_style.md"),
        origin: DATABRICKS,
    },
];

const PROFILE: &str = "Default";

/// Adds the seeds that were never added before and returns their names.
pub async fn plant(
    connection: &mut Connection,
    schema: &SchemaName,
    selection: Selection,
) -> Result<Vec<&'static str>, DatabaseError> {
    let wanted = |seed: &&Seed| seed.origin == STANDARD || selection == Selection::WithDatabricksDefaults;
    let transaction = connection.transaction(schema).await?;
    let mut planted = Vec::new();
    for seed in PROMPTS.iter().filter(wanted) {
        if remember(&transaction, "deck_prompt", seed.name).await? {
            insert_prompt(&transaction, seed).await?;
            planted.push(seed.name);
        }
    }
    for seed in STYLES.iter().filter(wanted) {
        if remember(&transaction, "slide_style", seed.name).await? {
            insert_style(&transaction, seed).await?;
            planted.push(seed.name);
        }
    }
    if remember(&transaction, "profile", PROFILE).await? {
        insert_profile(&transaction).await?;
        planted.push(PROFILE);
    }
    transaction.commit().await?;
    Ok(planted)
}

/// Records a seed; true if it was not recorded yet. Waits for another process that is adding the same seed.
async fn remember(transaction: &Transaction<'_>, kind: &str, name: &str) -> Result<bool, DatabaseError> {
    let rows = transaction
        .execute(
            "INSERT INTO planted_seeds (kind, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&kind, &name],
        )
        .await?;
    Ok(rows == 1)
}

async fn insert_prompt(transaction: &Transaction<'_>, seed: &Seed) -> Result<(), DatabaseError> {
    transaction
        .execute(
            "INSERT INTO deck_prompts (name, description, category, content, origin)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            &[&seed.name, &seed.description, &seed.category, &seed.content.trim_end(), &seed.origin],
        )
        .await?;
    Ok(())
}

/// Makes the standard style the default, unless a user has chosen another one.
async fn insert_style(transaction: &Transaction<'_>, seed: &Seed) -> Result<(), DatabaseError> {
    transaction
        .execute(
            "INSERT INTO slide_styles (name, description, category, content, origin, is_default)
             VALUES ($1, $2, $3, $4, $5,
                     $5 = 'seed' AND NOT EXISTS (SELECT FROM slide_styles WHERE is_default))
             ON CONFLICT DO NOTHING",
            &[&seed.name, &seed.description, &seed.category, &seed.content.trim_end(), &seed.origin],
        )
        .await?;
    Ok(())
}

/// Creates the profile with the first prompt and the default style.
async fn insert_profile(transaction: &Transaction<'_>) -> Result<(), DatabaseError> {
    let prompt = id_of(
        transaction,
        "SELECT id FROM deck_prompts WHERE origin = 'seed' AND is_active ORDER BY created_at, name DESC LIMIT 1",
    )
    .await?;
    let style = id_of(transaction, "SELECT id FROM slide_styles WHERE is_default").await?;
    transaction
        .execute(
            "INSERT INTO profiles (name, description, prompt_id, style_id, is_default)
             VALUES ($1, 'What a new deck starts with', $2, $3,
                     NOT EXISTS (SELECT FROM profiles WHERE is_default))
             ON CONFLICT DO NOTHING",
            &[&PROFILE, &prompt, &style],
        )
        .await?;
    Ok(())
}

async fn id_of(transaction: &Transaction<'_>, query: &str) -> Result<Option<Uuid>, DatabaseError> {
    Ok(transaction.query_opt(query, &[]).await?.map(|row| row.get(0)))
}
