//! A deployer died with the lock held, and two find it.

use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::operations::{self, CreateResult};
use end_to_end::stage::{ADA, Stage};
use end_to_end::virtual_time::{Death, drive};
use futures_util::join;

/// Two `create`s at once; one ends well, the other is told something.
async fn two_at_once(stage: &Stage) -> (CreateResult, DeployError) {
    let (first, second) = (stage.host(ADA), stage.host(ADA));
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let (one, other) = (Cancellation::new(), Cancellation::new());
    let both = async {
        join!(
            Box::pin(operations::create(&first, &config, &one)),
            Box::pin(operations::create(&second, &config, &other)),
        )
    };
    match drive(&stage.time, both).await.expect("nobody dies") {
        (Ok(ok), Err(refused)) | (Err(refused), Ok(ok)) => (ok, refused),
        other => panic!("one deploys, the other is told: {other:?}"),
    }
}

#[tokio::test]
async fn of_two_that_find_a_dead_deployers_lock_one_takes_it_over() {
    let stage = Stage::realistic().await;
    // Far enough to hold the lock, and dead.
    let died = stage.create_dying(CreateArguments::default(), Death::After(20)).await;
    assert!(died.is_none() && stage.is_locked().await);
    let began = stage.time.now_ms();
    let (ok, refused) = two_at_once(&stage).await;
    assert_eq!(ok.status, "created");
    assert!(refused.is("DEPLOY_LOCKED"), "{refused:?}");
    assert!(stage.time.now_ms() - began > 40_000, "the lease is waited out");
    assert_eq!(stage.made("POST", "/api/2.0/apps"), 1);
    stage.assert_left_in_order("finished").await;
    stage.end().await;
}
