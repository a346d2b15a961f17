//! Workspace files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, CARLA, Local};

const HOME: &str = "/Workspace/Users/ada@example.com";

fn file(path: &str, content: &[u8], overwrite: bool) -> Value {
    json!({"path": path, "content": BASE64.encode(content), "format": "AUTO", "overwrite": overwrite})
}

async fn import(local: &Local, path: &str, content: &[u8], overwrite: bool) -> Answer {
    local.post("/api/2.0/workspace/import", file(path, content, overwrite)).await
}

async fn download(local: &Local, path: &str) -> Answer {
    local.get(&format!("/api/2.0/workspace/export?path={path}&direct_download=true")).await
}

#[tokio::test]
async fn json_and_multipart_imports_are_the_same_file_under_both_names() {
    let local = Local::start().await;
    let path = format!("{HOME}/app.yaml");
    import(&local, &path, b"one", false).await.ok();
    assert_eq!(download(&local, "/Users/ada@example.com/app.yaml").await.text, "one");

    let form = Form::new()
        .text("path", "/Users/ada@example.com/app.yaml")
        .text("format", "AUTO")
        .text("overwrite", "true")
        .part("content", Part::bytes(b"two".to_vec()).file_name("content"));
    local.send(local.request_by(ADA, Method::POST, "/api/2.0/workspace/import").multipart(form)).await.ok();
    assert_eq!(download(&local, &path).await.text, "two");
    let exported = local.get(&format!("/api/2.0/workspace/export?path={path}")).await.ok();
    assert_eq!(exported["content"], BASE64.encode("two"));
}

#[tokio::test]
async fn a_file_is_created_only_if_absent_unless_it_may_be_overwritten() {
    let local = Local::start().await;
    let path = format!("{HOME}/lock.json");
    import(&local, &path, b"mine", false).await.ok();
    let second = import(&local, &path, b"yours", false).await;
    assert_eq!(second.refusal().1, "RESOURCE_ALREADY_EXISTS");
    assert_eq!(second.refusal().0, 400);
    assert_eq!(download(&local, &path).await.text, "mine");
    import(&local, &path, b"yours", true).await.ok();
    assert_eq!(download(&local, &path).await.text, "yours");
}

#[tokio::test]
async fn a_missing_parent_folder_is_named() {
    let local = Local::start().await;
    let refused = import(&local, &format!("{HOME}/a/b.txt"), b"x", false).await;
    let wanted = "The parent folder (/Users/ada@example.com/a) does not exist.";
    assert_eq!(refused.refusal(), (404, "RESOURCE_DOES_NOT_EXIST", wanted));
    local.post("/api/2.0/workspace/mkdirs", json!({"path": format!("{HOME}/a")})).await.ok();
    import(&local, &format!("{HOME}/a/b.txt"), b"x", false).await.ok();
}

#[tokio::test]
async fn folders_are_made_with_their_parents_and_twice_is_fine() {
    let local = Local::start().await;
    let path = format!("{HOME}/a/b/c");
    for _ in 0..2 {
        local.post("/api/2.0/workspace/mkdirs", json!({"path": path})).await.ok();
    }
    import(&local, &format!("{HOME}/a/file"), b"x", false).await.ok();
    let blocked = local.post("/api/2.0/workspace/mkdirs", json!({"path": format!("{HOME}/a/file/d")})).await;
    assert_eq!(blocked.refusal().1, "RESOURCE_ALREADY_EXISTS");
    let listed = local.get(&format!("/api/2.0/workspace/list?path={HOME}/a")).await.ok();
    let paths: Vec<_> =
        listed["objects"].as_array().expect("objects").iter().map(|o| o["path"].clone()).collect();
    assert_eq!(paths, [json!(format!("{HOME}/a/b")), json!(format!("{HOME}/a/file"))]);
}

#[tokio::test]
async fn a_source_file_with_the_marker_becomes_a_notebook_without_extension() {
    let local = Local::start().await;
    import(&local, &format!("{HOME}/note.py"), b"# Databricks notebook source\nprint(1)\n", false).await.ok();
    import(&local, &format!("{HOME}/plain.py"), b"print(1)\n", false).await.ok();
    let status = |name: &str| {
        let path = format!("/api/2.0/workspace/get-status?path={HOME}/{name}");
        let local = &local;
        async move { local.get(&path).await }
    };
    let notebook = status("note").await.ok();
    assert_eq!((&notebook["object_type"], &notebook["language"]), (&json!("NOTEBOOK"), &json!("PYTHON")));
    assert_eq!(status("plain.py").await.ok()["object_type"], "FILE");
    let gone = status("note.py").await;
    assert_eq!(gone.refusal().1, "RESOURCE_DOES_NOT_EXIST");
    let other_type = import(&local, &format!("{HOME}/note"), b"x", true).await;
    assert_eq!(other_type.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn a_file_of_more_than_ten_mebibytes_is_refused_with_its_size() {
    let local = Local::start().await;
    let path = format!("{HOME}/big.whl");
    let refused = import(&local, &path, &vec![0; 10_485_761], false).await;
    let wanted = "File size imported is (10485761 bytes), exceeded max size (10485760 bytes)";
    assert_eq!(refused.refusal(), (400, "BAD_REQUEST", wanted));
    import(&local, &path, &vec![0; 10_485_760], false).await.ok();
}

#[tokio::test]
async fn content_that_is_no_base64_is_refused() {
    let local = Local::start().await;
    let body = json!({"path": format!("{HOME}/x"), "content": "%%%", "format": "AUTO"});
    let refused = local.post("/api/2.0/workspace/import", body).await;
    assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn a_full_folder_is_only_deleted_recursively() {
    let local = Local::start().await;
    local.post("/api/2.0/workspace/mkdirs", json!({"path": format!("{HOME}/a")})).await.ok();
    import(&local, &format!("{HOME}/a/x"), b"x", false).await.ok();
    let delete = |recursive: bool| {
        let body = json!({"path": format!("{HOME}/a"), "recursive": recursive});
        local.post("/api/2.0/workspace/delete", body)
    };
    assert_eq!(delete(false).await.refusal().1, "DIRECTORY_NOT_EMPTY");
    delete(true).await.ok();
    let gone = delete(true).await;
    assert_eq!(
        gone.refusal(),
        (404, "RESOURCE_DOES_NOT_EXIST", "Path (/Workspace/Users/ada@example.com/a) doesn't exist.")
    );
}

#[tokio::test]
async fn raw_imports_conflict_with_409() {
    let local = Local::start().await;
    let path = "/api/2.0/workspace-files/import-file/Workspace%2FUsers%2Fada@example.com%2Fraw.bin";
    let send = |query: &str| {
        local.send(
            local.request_by(ADA, Method::POST, &format!("{path}?overwrite={query}")).body(b"raw".to_vec()),
        )
    };
    send("false").await.ok();
    let conflict = send("false").await;
    assert_eq!((conflict.refusal().0, conflict.refusal().1), (409, "RESOURCE_ALREADY_EXISTS"));
    send("true").await.ok();
    let read = local.get("/api/2.0/workspace-files/Users/ada@example.com/raw.bin").await;
    assert_eq!(read.text, "raw");
}

#[tokio::test]
async fn people_write_at_home_and_in_shared_folders_only() {
    let local = Local::start().await;
    let write = |who: &'static str, path: &'static str| {
        local.post_by(who, "/api/2.0/workspace/import", file(path, b"x", true))
    };
    write(BEN, "/Users/ben@example.com/x").await.ok();
    write(BEN, "/Shared/x").await.ok();
    assert_eq!(write(BEN, "/Users/ada@example.com/x").await.refusal().1, "PERMISSION_DENIED");
    write(ADA, "/Users/ben@example.com/x").await.ok();
    assert_eq!(write(CARLA, "/Users/carla@example.com/x").await.refusal().1, "PERMISSION_DENIED");
    let read = local.get_by(CARLA, "/api/2.0/workspace/export?path=/Users/ben@example.com/x").await;
    assert_eq!(read.refusal().1, "PERMISSION_DENIED");
    local.get_by(CARLA, "/api/2.0/workspace/export?path=/Shared/x").await.ok();
}
