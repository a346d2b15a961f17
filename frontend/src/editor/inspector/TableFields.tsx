import type { Table } from "../../deck/model";
import { useEditor } from "../Editor";
import { DataGrid } from "./DataGrid";
import { gridOfTable, tableOf } from "./grid";

export function TableFields({ table }: { table: Table }) {
  const editor = useEditor();
  return (
    <DataGrid
      label="Table"
      grid={gridOfTable(table)}
      isValid={() => true}
      onChange={(grid) =>
        editor.change(
          "Edit table",
          [{ op: "set_block", block: tableOf(table, grid) }],
          `${table.id} table`,
        )
      }
    />
  );
}
