"""The SQL warehouse, statements, Genie, and experiments."""

from __future__ import annotations

from calls import Client, refused
from databricks.sdk.errors import (
    InvalidParameterValue,
    NotFound,
    OperationFailed,
    PermissionDenied,
    ResourceDoesNotExist,
)
from databricks.sdk.service import dashboards, iam, sql

BEN = "ben@example.com"
BY_REGION = (
    "SELECT region, CAST(SUM(revenue_eur) AS DECIMAL(18,2)) AS revenue_eur "
    "FROM warehouse.sales.monthly_sales GROUP BY region ORDER BY revenue_eur DESC"
)


def warehouse(client: Client, ben: Client) -> None:
    """It is started and stopped, and others are given it."""
    warehouses = client.warehouses
    (listed,) = list(warehouses.list())
    read = warehouses.get(listed.id)
    assert (read.name, read.state) == (listed.name, sql.State.RUNNING), read
    assert read.enable_serverless_compute
    assert read.odbc_params.path == f"/sql/1.0/warehouses/{listed.id}"
    with refused(PermissionDenied, "does not have CAN_MANAGE"):
        ben.warehouses.stop(listed.id)
    assert warehouses.stop_and_wait(listed.id).state == sql.State.STOPPED
    assert ben.warehouses.start_and_wait(listed.id).state == sql.State.RUNNING
    with refused(ResourceDoesNotExist, "SQL warehouse 1 does not exist"):
        warehouses.get("1")
    levels = warehouses.get_permission_levels(listed.id).permission_levels
    assert sql.WarehousePermissionLevel.CAN_USE in [level.permission_level for level in levels]
    may_use = sql.WarehouseAccessControlRequest(
        user_name=BEN, permission_level=sql.WarehousePermissionLevel.CAN_USE
    )
    warehouses.update_permissions(listed.id, access_control_list=[may_use])
    shown = warehouses.get_permissions(listed.id)
    assert BEN in [entry.user_name for entry in shown.access_control_list]
    assert client.permissions.get("sql/warehouses", listed.id).object_type == "warehouses"


def statements(client: Client, ben: Client) -> None:
    """Values with types, parameters, limits, failures, and what comes later."""
    (one,) = list(client.warehouses.list())
    execution = client.statement_execution
    done = execution.execute_statement(BY_REGION, one.id, wait_timeout="50s")
    assert done.status.state == sql.StatementState.SUCCEEDED, done.status
    names = [(column.name, column.type_name) for column in done.manifest.schema.columns]
    kinds = sql.ColumnInfoTypeName
    assert names == [("region", kinds.STRING), ("revenue_eur", kinds.DECIMAL)], names
    assert len(done.result.data_array) == done.manifest.total_row_count == 4
    assert execution.get_statement(done.statement_id).result.data_array == done.result.data_array
    chunk = execution.get_statement_result_chunk_n(done.statement_id, 0)
    assert (chunk.row_count, chunk.next_chunk_index) == (4, None)
    with refused(NotFound, "was not found"):
        ben.statement_execution.get_statement(done.statement_id)

    found = execution.execute_statement(
        "SELECT target_eur FROM warehouse.sales.targets "
        "WHERE quarter = :quarter AND region = :region",
        one.id,
        parameters=[
            sql.StatementParameterListItem("quarter", value="2026-Q1"),
            sql.StatementParameterListItem("region", value="EMEA", type="STRING"),
        ],
        wait_timeout="50s",
    )
    ((target,),) = found.result.data_array
    assert target.endswith("E7"), target
    assert found.manifest.schema.columns[0].type_name == kinds.DOUBLE
    cut = execution.execute_statement(BY_REGION, one.id, row_limit=2, wait_timeout="50s")
    assert (cut.manifest.truncated, len(cut.result.data_array)) == (True, 2)
    failed = execution.execute_statement("SELECT * FROM nowhere", one.id, wait_timeout="50s")
    assert failed.status.state == sql.StatementState.FAILED
    assert failed.status.error.error_code == sql.ServiceErrorCode.BAD_REQUEST
    assert "TABLE_OR_VIEW_NOT_FOUND" in failed.status.error.message
    later = execution.execute_statement("SELECT pg_sleep(60)", one.id, wait_timeout="0s")
    assert later.status.state in (sql.StatementState.PENDING, sql.StatementState.RUNNING)
    execution.cancel_execution(later.statement_id)
    state = execution.get_statement(later.statement_id).status.state
    assert state == sql.StatementState.CANCELED, state
    with refused(InvalidParameterValue, "wait_timeout"):
        execution.execute_statement("SELECT 1", one.id, wait_timeout="1s")


def genie(client: Client, ben: Client) -> None:
    """A conversation, from the list of spaces to the rows, and who may have one."""
    genie = client.genie
    (space,) = genie.list_spaces().spaces
    read = genie.get_space(space.space_id)
    assert (read.title, read.description) == ("Sample sales", space.description), read
    first = genie.start_conversation_and_wait(space.space_id, "Revenue by region")
    assert first.status == dashboards.MessageStatus.COMPLETED
    (attached,) = [found for found in first.attachments if found.query]
    assert attached.query.title == "Revenue by region"
    assert attached.query.query_result_metadata.row_count == 4
    place = (space.space_id, first.conversation_id)
    told = genie.get_message_attachment_query_result(
        *place, first.message_id, attached.attachment_id
    )
    rows = told.statement_response.result.data_array
    assert rows[0][0] == "Americas", rows
    older = genie.get_message_query_result(*place, first.message_id).statement_response
    assert older.result.data_array == rows
    oldest = genie.get_message_query_result_by_attachment(
        *place, first.message_id, attached.attachment_id
    )
    assert oldest.statement_response.result.data_array == rows
    again = genie.execute_message_attachment_query(
        *place, first.message_id, attached.attachment_id
    ).statement_response
    assert again.result.data_array == rows
    (one,) = list(client.warehouses.list())
    own = client.statement_execution.execute_statement(BY_REGION, one.id, wait_timeout="50s")
    assert own.result.data_array == rows, own.result.data_array

    second = genie.create_message_and_wait(*place, "And by quarter in 2026?")
    (attached,) = [found for found in second.attachments if found.query]
    assert attached.query.title == "Revenue by quarter in 2026"
    unclear = genie.create_message_and_wait(*place, "Thank you!")
    assert [found.query for found in unclear.attachments] == [None] * len(unclear.attachments)
    assert unclear.attachments[0].text.content.startswith("What would you like to know?")
    messages = genie.list_conversation_messages(*place).messages
    assert [message.content for message in messages][1:] == [second.content, unclear.content]
    (listed,) = genie.list_conversations(space.space_id).conversations
    assert listed.conversation_id == first.conversation_id
    genie.send_message_feedback(*place, second.message_id, dashboards.GenieFeedbackRating.POSITIVE)
    genie.delete_conversation_message(*place, unclear.message_id)

    with refused(ResourceDoesNotExist, "does not exist"):
        ben.genie.get_message(*place, first.message_id)
    nobody: list[iam.AccessControlRequest] = []
    client.permissions.set("genie", space.space_id, access_control_list=nobody)
    with refused(ResourceDoesNotExist, "Unable to get space"):
        ben.genie.start_conversation(space.space_id, "Revenue by region")
    assert not ben.genie.list_spaces().spaces
    may_run = iam.AccessControlRequest(user_name=BEN, permission_level=iam.PermissionLevel.CAN_RUN)
    client.permissions.update("genie", space.space_id, access_control_list=[may_run])
    told = ""
    try:
        ben.genie.start_conversation_and_wait(space.space_id, "please fail")
    except OperationFailed as error:
        told = str(error)
    assert "got MessageStatus.FAILED" in told, told
    genie.delete_conversation(*place)
    with refused(ResourceDoesNotExist, "does not exist"):
        genie.get_message(*place, first.message_id)


def experiments(client: Client, ben: Client) -> None:
    """Made once, found by id and by name."""
    name = "/Users/ben@example.com/tellr"
    made = ben.experiments.create_experiment(name)
    ben.experiments.set_experiment_tag(made.experiment_id, "kind", "chat")
    by_name = client.experiments.get_by_name(name).experiment
    assert by_name.experiment_id == made.experiment_id
    assert [(tag.key, tag.value) for tag in by_name.tags] == [("kind", "chat")]
    assert client.experiments.get_experiment(made.experiment_id).experiment == by_name
    with refused(ResourceDoesNotExist, "does not exist"):
        client.experiments.get_by_name("/Users/ben@example.com/other")
    with refused(InvalidParameterValue, "absolute path"):
        client.experiments.create_experiment("tellr")
