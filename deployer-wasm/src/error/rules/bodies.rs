//! What refusals, and what comes instead of an answer, are known to mean.
//!
//! Which right on which resource is missing is known from the request, not from the text, and is said by
//! `PERMISSION_DENIED` itself; so there are no rules for that here.

use super::rule::{Rule, rules};
use crate::error::entry::{
    DOCS_APP_AUTH, DOCS_APP_RESOURCES, DOCS_APPS, DOCS_AUTH, DOCS_CONFIG, DOCS_LAKEBASE, DOCS_SECRETS,
};

const DOCS_FILES: &str = "https://docs.databricks.com/aws/en/files/workspace";
const DOCS_LIMITS: &str = "https://docs.databricks.com/aws/en/resources/limits";
const DOCS_POLICIES: &str = "https://docs.databricks.com/aws/en/admin/usage/budget-policies";
const DOCS_REGIONS: &str = "https://docs.databricks.com/aws/en/resources/supported-regions";
const DOCS_TAGS: &str = "https://docs.databricks.com/aws/en/admin/governed-tags/";
const DOCS_STATUS: &str = "https://status.databricks.com/";
const DOCS_USERS: &str = "https://docs.databricks.com/aws/en/admin/users-groups/";
const UPGRADE: &str = "Upgrade the deployer; if this is the newest version, report it with this text";
const SIGN_IN: &str = "Sign in to this workspace";

rules! {
    /// The rules over refusals, the more specific ones first.
    BODIES;

    // ---- apps ----

    /// databricks-api §2.3: the workspace's limit of apps.
    APP_LIMIT {
        says: ["maximum number of apps"],
        cause: "The workspace's limit of apps is reached",
        remedy: "Delete an app that is no longer used, or ask a workspace admin to raise the limit",
        docs: DOCS_LIMITS,
    }
    /// databricks-api §2.3: both texts of a taken name.
    APP_NAME_TAKEN {
        says: ["app with the same name already exists"],
        cause: "Another app of this workspace has the name; it may be one that you can't see",
        remedy: "Choose another `app_name`",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.5: a second DELETE; deployers §1.8 #1.
    APP_IN_DELETION {
        says: ["not terminal with state deleting"],
        cause: "The app is still being deleted, which takes up to 20 minutes",
        remedy: "Wait until it is gone, or choose another `app_name`",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.4 and §2.5: compute that is starting or stopping.
    APP_COMPUTE_CHANGES {
        says: ["not terminal with state", "app compute needs to be active or stopped"],
        cause: "The app's compute is starting, stopping or being updated",
        remedy: "Wait until the app is running or stopped",
        docs: DOCS_APPS,
    }
    /// The API reference of tag assignments; the words are an assumption.
    TAG_VALUE {
        says: ["allowed value*tag"],
        cause: "The tag is governed, and this is none of its allowed values",
        remedy: "Use an allowed value, or ask who governs the tag to allow this one",
        docs: DOCS_TAGS,
    }
    /// The same: an object has at most 50 tags.
    TAG_LIMIT {
        says: ["at most*tags", "maximum number of tags"],
        cause: "The app would have more tags than the platform allows",
        remedy: "Remove tags of the app that are no longer used, or give fewer",
        docs: DOCS_TAGS,
    }
    /// databricks-api §2.6 and §2.7: one deployment at a time; deployers §1.8 #4.
    APP_DEPLOYMENT_ACTIVE {
        says: ["active deployment in progress", "pending deployment in progress"],
        cause: "Another deployment of this app is in progress",
        remedy: "Wait until it has finished",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.7: a deployment right after a start.
    APP_COMPUTE_DOWN {
        says: ["as it is not in running state"],
        cause: "The app's compute isn't running yet",
        remedy: "Wait until the app's compute is running; if it is stopped, start it in the workspace",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.4: PATCH refuses the size.
    APP_COMPUTE_SIZE_API {
        says: ["compute size updates are not supported"],
        cause: "The workspace doesn't change the compute size through this API",
        remedy: UPGRADE,
        docs: DOCS_APPS,
    }
    /// databricks-api §2.3: user authorization is a switch of the workspace's admins.
    USER_AUTHORIZATION_DISABLED {
        says: ["user token passthrough", "user authorization is not enabled"],
        cause: "Apps can't act on behalf of their users in this workspace",
        remedy: "Ask a workspace admin to enable user authorization for Databricks Apps",
        docs: DOCS_APP_AUTH,
    }
    /// databricks-api §2.3 and §2.9: a scope that isn't on the platform's list; deployers §1.8 #6.
    API_SCOPE_UNKNOWN {
        says: ["invalid scope", "unknown scope", "invalid user api scope", "scope*is not supported", "scope*is not valid"],
        cause: "The workspace doesn't know an API scope, or doesn't allow it for apps",
        remedy: "Correct `extra_scopes`",
        docs: DOCS_APP_AUTH,
    }
    /// databricks-api §2.3: levels of permission on an app as a resource.
    APP_PERMISSION_LEVEL {
        says: ["app_permission_unspecified", "only can_use is supported"],
        cause: "The permission isn't one that can be given on an app",
        remedy: UPGRADE,
        docs: DOCS_APP_RESOURCES,
    }
    /// databricks-api §2.7: an app that is deployed from Git.
    APP_FROM_GIT {
        says: ["git source reference is required"],
        cause: "The app is set to deploy from a Git repository, not from files",
        remedy: "Remove the Git repository from the app's settings in the workspace, or choose another `app_name`",
        docs: DOCS_APPS,
    }
    /// databricks-api §2.7: the folder of a deployment.
    SOURCE_PATH_MISSING {
        says: ["source code path*does not exist", "invalid source code path"],
        cause: "The folder to deploy from doesn't exist, or the app can't read it",
        remedy: "Check `app_file_workspace_path`, and that the folder was not moved",
        docs: DOCS_APPS,
    }
    /// A new app gets a service principal, and the account's number of them is limited (issue #132 of
    /// MicrosoftLearning/dp-203-azure-data-engineer).
    PRINCIPAL_LIMIT {
        says: ["cannot have more than*service principals"],
        cause: "The account's limit of users and service principals is reached; each app needs a service principal",
        remedy: "Ask an account admin to remove unused service principals",
        docs: DOCS_LIMITS,
    }
    /// Workspaces where a usage policy has to be chosen (issue #2219 of databrickslabs/lakebridge).
    USAGE_POLICY_REQUIRED {
        says: ["unable to use fallback policies", "budget policy*required", "usage policy*required",
            "budget policy*permission", "usage policy*permission"],
        cause: "The workspace requires a serverless usage policy, and you have none that can be used by default",
        remedy: "Ask a workspace admin to assign you a usage policy for apps",
        docs: DOCS_POLICIES,
    }

    // ---- files ----

    /// databricks-api §5: both answers to a large file; deployers §1.8 #15.
    FILE_OVER_LIMIT ["MAX_NOTEBOOK_SIZE_EXCEEDED"] {
        says: ["exceeded max size", "file is larger than 10485760"],
        cause: "The file is larger than 10 MB, the limit for a file of an app",
        remedy: "Pin a published version instead of uploading a wheel, or make the file smaller",
        docs: DOCS_APPS,
    }
    /// databricks-api §5: `delete` without `recursive`.
    FOLDER_NOT_EMPTY ["DIRECTORY_NOT_EMPTY"] {
        says: ["directory is not empty"],
        cause: "The folder holds files that this deployer didn't write",
        remedy: "Move or delete those files in the workspace",
        docs: DOCS_FILES,
    }
    /// databricks-api §5: `import` into a missing folder.
    PARENT_FOLDER_MISSING {
        says: ["parent folder (*does not exist"],
        cause: "The parent folder doesn't exist",
        remedy: "Choose an `app_file_workspace_path` below your own folder, `/Workspace/Users/<you>`",
        docs: DOCS_FILES,
    }
    /// databricks-api §5: `mkdirs` over a file, `import` without `overwrite`.
    WORKSPACE_PATH_TAKEN {
        says: ["path (*) already exists"],
        cause: "Something else has this path in the workspace",
        remedy: "Move it away, or choose another `app_file_workspace_path`",
        docs: DOCS_FILES,
    }
    /// databricks-api §5: `get-status`, `export`.
    WORKSPACE_PATH_MISSING {
        says: ["path (*) doesn't exist"],
        cause: "The path doesn't exist in the workspace; it was moved or deleted meanwhile",
        remedy: "Check `app_file_workspace_path`",
        docs: DOCS_FILES,
    }

    // ---- Lakebase ----

    /// databricks-api §4.4, deployers §1.8 #8: also by a project that was deleted but not purged.
    PROJECT_ID_TAKEN {
        says: ["project with such id already exists"],
        cause: "The name belongs to another Lakebase project, maybe to one that was deleted and can still be restored",
        remedy: "Choose another `lakebase_name`, or restore or purge the deleted project in the workspace",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4, deployers §1.8 #9: also by a branch that was deleted.
    BRANCH_ID_TAKEN {
        says: ["branch with such id already exists", "endpoint with such id already exists"],
        cause: "The name belongs to another branch of the project, maybe to one that was deleted a short time ago",
        remedy: "Wait a minute, so that the next name differs",
        docs: DOCS_LAKEBASE,
    }
    /// deployers §1.4: a branch needs a lifetime of at most 30 days, or to be without one.
    BRANCH_LIFETIME {
        says: ["no_expiry", "expire_time must be", "expiration*branch*days"],
        cause: "The workspace doesn't allow the branch's lifetime",
        remedy: UPGRADE,
        docs: DOCS_LAKEBASE,
    }
    /// deployers §1.4: ten branches per project that aren't archived.
    BRANCH_LIMIT {
        says: ["maximum number of branches", "limit of branches", "branches limit"],
        cause: "The project's limit of branches is reached",
        remedy: "Delete old `pre-reset-…` branches of the project in the workspace",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §3 and §4: limits of projects and of instances.
    DATABASE_LIMIT {
        says: ["maximum number of database projects", "maximum number of projects",
            "maximum number of database instances"],
        cause: "The workspace's limit of Lakebase databases is reached",
        remedy: "Set `lakebase_name` to an existing database, delete an unused one, or ask a workspace admin to raise the limit",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4: `MANAGED_BY_PARENT`.
    MANAGED_BY_PROJECT {
        says: ["cannot delete root branch", "cannot delete read-write endpoint"],
        cause: "This part of a Lakebase project can only be deleted with the project",
        remedy: "Delete the project in the workspace if its data is not needed",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4.
    BRANCH_PROTECTED {
        says: ["cannot delete protected branch"],
        cause: "The branch is protected against deletion",
        remedy: "Ask the project's owner to remove the protection",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4: one change at a time per branch.
    LAKEBASE_CHANGES {
        says: ["reconciliation in progress", "reconciliation is in progress", "operation in flight"],
        cause: "Another change of this Lakebase project is in progress",
        remedy: "Wait a minute",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4: unknown ids.
    LAKEBASE_PART_MISSING {
        says: ["project id not found", "branch id not found", "endpoint id not found"],
        cause: "The Lakebase project, or its branch or endpoint, was deleted, or you can't see it",
        remedy: "Check `lakebase_name`, or ask the project's owner for access",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4: a dangling reference to a role.
    DATABASE_ROLE_UNKNOWN {
        says: ["role not found"],
        cause: "The database has no role for this user or app",
        remedy: "Ask the database's owner to add the role",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §4.4: 400 instead of 409.
    DATABASE_ROLE_EXISTS {
        says: ["role with that name already exists", "database with that name already exists"],
        cause: "The database already has a role or a database of this name",
        remedy: "Wait a minute",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §2.3 and §3: an instance that is attached or asked for.
    INSTANCE_MISSING {
        says: ["database instance*does not exist", "database instance*not found"],
        cause: "The database instance was deleted, or is in another workspace",
        remedy: "Check `lakebase_name`",
        docs: DOCS_LAKEBASE,
    }
    /// databricks-api §3: `stopped`; §4.3: an endpoint can be disabled.
    DATABASE_STOPPED {
        says: ["instance*is stopped", "endpoint*is disabled", "endpoint is suspended", "compute is disabled"],
        cause: "The database's compute is stopped",
        remedy: "Start it in the workspace, or ask the database's owner to",
        docs: DOCS_LAKEBASE,
    }

    // ---- secrets and services ----

    /// databricks-api §8: 100 scopes per workspace.
    SECRET_SCOPE_LIMIT {
        says: ["maximum number of secret scopes", "maximum number of scopes", "limit of*secret scopes"],
        cause: "The workspace's limit of secret scopes is reached",
        remedy: "Delete an unused scope, or set `encryption_key_storage` to `app_yaml`",
        docs: DOCS_SECRETS,
    }
    /// databricks-api §8: 1000 secrets per scope.
    SECRET_LIMIT {
        says: ["maximum number of secrets", "maximum number of keys"],
        cause: "The secret scope is full",
        remedy: "Delete unused secrets of the scope, or set `encryption_key_storage` to `app_yaml`",
        docs: DOCS_SECRETS,
    }
    /// Workspaces of the Standard tier (issue #58 of DataThirstLtd/azure.databricks.cicd.tools).
    STANDARD_TIER {
        says: ["premium tier is disabled", "requires the premium", "premium pricing tier"],
        cause: "The workspace has the Standard tier, which lacks this feature",
        remedy: "Deploy to a workspace of the Premium tier, or ask an account admin to upgrade this one",
        docs: DOCS_APPS,
    }
    /// databricks-api §8: serving endpoints by name.
    SERVING_ENDPOINT_MISSING {
        says: ["serving endpoint*does not exist", "endpoint with name*does not exist", "serving endpoint*not found"],
        cause: "The serving endpoint doesn't exist in this workspace, or you can't see it",
        remedy: "Correct `serving_endpoint`, or ask the endpoint's owner for CAN QUERY",
        docs: DOCS_APP_RESOURCES,
    }
    /// databricks-api §8: a Genie space by id.
    GENIE_SPACE_MISSING {
        says: ["unable to get space"],
        cause: "The Genie space doesn't exist in this workspace, or you can't see it",
        remedy: "Correct `genie_spaces`, or ask the space's owner for CAN RUN",
        docs: DOCS_APP_RESOURCES,
    }
    /// databricks-api §8: a SQL warehouse by id.
    WAREHOUSE_MISSING {
        says: ["sql warehouse*does not exist", "not a valid endpoint id"],
        cause: "The SQL warehouse doesn't exist in this workspace, or you can't see it",
        remedy: "Correct `sql_warehouse`, or ask the warehouse's owner for CAN USE",
        docs: DOCS_APP_RESOURCES,
    }

    // ---- who is asking ----

    /// Issue #981 of databricks/databricks-sdk-go; recorded_refusals.json.
    OTHER_WORKSPACE {
        says: ["unauthorized access to org", "invalid access to org"],
        cause: "The credential belongs to another workspace, or to a user that was not added to this one",
        remedy: "Check the workspace's address and the profile; if they are right, ask a workspace admin to add you",
        docs: DOCS_USERS,
    }
    /// The clock of the machine that signs a token, or of the workspace, is wrong (RFC 7519 §4.1.5 and §4.1.6).
    CLOCK_SKEW {
        says: ["token used before issued", "token is not yet valid", "jwt*not yet valid", "issued in the future",
            "jwt must not be accepted before"],
        cause: "By the workspace's clock the token is not valid yet, so a clock is wrong",
        remedy: "Set this machine's clock (synchronize it with a time server) and sign in",
        docs: DOCS_AUTH,
    }
    /// Issue #2522 of databricks/terraform-provider-databricks, issue #583 of databricks/databricks-vscode.
    TOKEN_LIFETIME {
        says: ["jwt expired at", "token is expiring within", "token is expired", "token has expired", "(token expired)"],
        cause: "The token has expired or was revoked",
        remedy: SIGN_IN,
        docs: DOCS_AUTH,
    }
    /// Issue #873 of databricks/databricks-sdk-go: 403 as well as 401.
    TOKEN_REJECTED {
        says: ["invalid access token", "invalid token"],
        cause: "The workspace doesn't know the token: it was revoked, mistyped, or is of another workspace",
        remedy: SIGN_IN,
        docs: DOCS_AUTH,
    }
    /// The text of 401; recorded_refusals.json.
    CREDENTIAL_KIND {
        says: ["credential was not sent or was of an unsupported type"],
        cause: "The token has expired, or is of a kind that this API doesn't accept, such as one for another cloud service",
        remedy: SIGN_IN,
        docs: DOCS_AUTH,
    }
    /// Admins can turn personal access tokens off (docs.databricks.com, admin/access-control/tokens).
    PERSONAL_TOKENS_DISABLED {
        says: ["personal access tokens are disabled", "personal access token*not allowed", "personal access token*not enabled"],
        cause: "The workspace doesn't accept personal access tokens",
        remedy: "Sign in with the browser (`--sign-in`), or use a service principal's OAuth secret",
        docs: DOCS_AUTH,
    }
    /// databricks-api §10.1: M2M with a wrong secret.
    CLIENT_SECRET_REJECTED ["invalid_client"] {
        says: ["invalid_client", "client authentication failed"],
        cause: "The service principal's client id or secret is wrong, or the secret was deleted or has expired",
        remedy: "Create a new OAuth secret for the service principal and set it",
        docs: DOCS_AUTH,
    }
    /// SCIM's `active` (databricks-api §6).
    USER_INACTIVE {
        says: ["user is not active", "user is inactive", "user is deactivated", "user has been deactivated"],
        cause: "The user or service principal is deactivated",
        remedy: "Ask an account admin to activate it",
        docs: DOCS_USERS,
    }
    /// Entitlements of SCIM (databricks-api §6).
    ENTITLEMENT_MISSING {
        says: ["workspace-access entitlement", "does not have*entitlement", "missing*entitlement"],
        cause: "The user or service principal lacks an entitlement, such as workspace access",
        remedy: "Ask a workspace admin for the entitlement",
        docs: DOCS_USERS,
    }
    /// Calls that only admins may send (issue #4554 of databricks/terraform-provider-databricks).
    ADMIN_ONLY {
        says: ["only workspace admins", "only admins", "only admin users", "requires admin", "is not an admin",
            "you are not allowed to call this api"],
        cause: "Only admins are allowed to do this here",
        remedy: "Ask a workspace admin to do it or to run the deployer",
        docs: DOCS_USERS,
    }
    /// `PERMISSION_NOT_PROPAGATED` (databricks-api §1.3).
    PERMISSION_PENDING ["PERMISSION_NOT_PROPAGATED"] {
        says: [],
        cause: "A permission that was just given is not in effect yet",
        remedy: "Wait a minute",
        docs: DOCS_APP_RESOURCES,
    }
    /// `CUSTOMER_UNAUTHORIZED` (databricks-api §1.3).
    ACCOUNT_REFUSED ["CUSTOMER_UNAUTHORIZED"] {
        says: [],
        cause: "Databricks doesn't allow this for your account",
        remedy: "Ask an account admin, or contact Databricks support",
        docs: DOCS_APPS,
    }

    // ---- the workspace ----

    /// databricks-api §2.3 and §4.4: features per region.
    REGION_UNSUPPORTED {
        says: ["not available in this region", "not supported in this region", "not available in your region",
            "region is not supported"],
        cause: "The feature doesn't exist in the workspace's region",
        remedy: "Deploy to a workspace in a supported region",
        docs: DOCS_REGIONS,
    }
    /// databricks-api §2.3: `FEATURE_DISABLED`.
    FEATURE_OFF ["FEATURE_DISABLED"] {
        says: ["is not enabled for this workspace", "is not enabled in this workspace", "feature is disabled",
            "preview is not enabled"],
        cause: "The feature is turned off in this workspace",
        remedy: "Ask a workspace admin to enable it under Previews or in the workspace's settings",
        docs: DOCS_APPS,
    }
    /// `SERVICE_UNDER_MAINTENANCE` (databricks-api §1.3).
    MAINTENANCE ["SERVICE_UNDER_MAINTENANCE"] {
        says: ["under maintenance"],
        cause: "The workspace is under maintenance",
        remedy: "Wait until it is over",
        docs: DOCS_STATUS,
    }
    /// databricks-api §1.3 and §4.4: a request that the platform can't read.
    REQUEST_REFUSED ["MALFORMED_REQUEST"] {
        says: ["could not parse request object", "field '*is required", "unknown field"],
        cause: "The workspace doesn't understand the deployer's request",
        remedy: UPGRADE,
        docs: DOCS_CONFIG,
    }

    // ---- on the way ----

    /// Pages of filtering proxies instead of an answer.
    FILTERED_BY_PROXY {
        says: ["zscaler", "fortiguard", "web filter", "cisco umbrella", "netskope", "url category",
            "blocked by your organization", "blocked by administrator", "web page blocked"],
        cause: "A filter of your network blocked the request",
        remedy: "Ask your network's administrators to allow the workspace's host, or add it to `NO_PROXY`",
        docs: DOCS_AUTH,
    }
    /// Status 413 of a proxy or gateway (RFC 9110 §15.5.14).
    BODY_LIMIT_ON_THE_WAY {
        says: ["request entity too large", "payload too large", "content too large"],
        cause: "A proxy or gateway on the way refuses requests of this size",
        remedy: "Pin a published version instead of uploading a wheel, or deploy from another network",
        docs: DOCS_CONFIG,
    }
    /// Pages of gateways with 502 and 504 (databricks-api §1.3).
    GATEWAY_FAILED {
        says: ["bad gateway", "gateway time-out", "gateway timeout"],
        cause: "A gateway in front of the workspace got no answer from it",
        remedy: "Wait a few minutes",
        docs: DOCS_STATUS,
    }
    /// The messages of rustls, OpenSSL and browsers for a certificate of an unknown authority.
    TLS_INTERCEPTED {
        says: ["self-signed certificate in certificate chain", "self signed certificate in certificate chain",
            "unable to get local issuer certificate", "unknownissuer"],
        cause: "The connection's certificate is of an authority that this machine doesn't trust; a proxy that inspects traffic is the usual reason",
        remedy: "Set `SSL_CERT_FILE` (in Python `REQUESTS_CA_BUNDLE`) to a file with your company's CA certificate, which its administrators have",
        docs: DOCS_AUTH,
    }
    /// The messages of rustls and OpenSSL for a certificate out of its dates.
    CERTIFICATE_OUT_OF_DATE {
        says: ["certificate has expired", "certificate expired", "certificate is not yet valid", "notvalidyet"],
        cause: "By this machine's clock the certificate is not valid now",
        remedy: "Check this machine's date and time",
        docs: DOCS_AUTH,
    }
    /// The messages of rustls and OpenSSL for a certificate of another host.
    CERTIFICATE_OF_ANOTHER_HOST {
        says: ["notvalidforname", "certificate not valid for name", "hostname mismatch", "doesn't match '"],
        cause: "The certificate is of another host, so the address leads to something else than the workspace",
        remedy: "Check the workspace's address, as in the browser's address bar",
        docs: DOCS_AUTH,
    }
}
