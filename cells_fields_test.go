package hearth_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// declaredOnly sends documents that hold what a route does not declare: a word
// that means nothing, every column of every table, a name in other letters, a name
// twice. All are refused, by whatever a caller may do, and no row moves.
//
// proves TN2
func (w *cellWorld) declaredOnly(t *testing.T, share uint32) {
	before := []map[string]string{w.belongings(t, "1"), w.belongings(t, w.other)}
	columns := w.columns(t)
	s := w.serve(t)
	owner := w.credentials[slices.IndexFunc(w.credentials, func(c *credential) bool { return c.name == "session of owner" })]
	sent := 0
	send := func(op *huma.Operation, what string, document []byte) {
		t.Helper()
		path := "/api" + op.Path
		for _, p := range op.Parameters {
			if p.In == "path" {
				path = strings.Replace(path, "{"+p.Name+"}", w.things[kindBefore(op.Path, p.Name)][own], 1)
			}
		}
		r := httptest.NewRequest(op.Method, path, bytes.NewReader(document))
		r.Host = "127.0.0.1"
		r.Header.Set("Content-Type", "application/json")
		owner.sign(r)
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		sent++
		if answer.Code != http.StatusUnprocessableEntity && answer.Code != http.StatusBadRequest && answer.Code != http.StatusForbidden {
			t.Errorf("%s with %s is answered %d: %.200s", op.OperationID, what, answer.Code, answer.Body)
		}
	}
	for _, op := range operations(s) {
		if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
			continue
		}
		r := &route{id: op.OperationID, path: "/api" + op.Path}
		schemas := s.OpenAPI().Components.Schemas
		describe(t, r, op, schemas)
		body := r.body.(map[string]any)
		declared := resolve(op.RequestBody.Content["application/json"].Schema, schemas).Properties
		write := func(more map[string]any) []byte {
			document := maps.Clone(body)
			maps.Copy(document, more)
			text, err := json.Marshal(document)
			check(t, err)
			return text
		}
		send(op, "a word that means nothing", write(map[string]any{"surprise": 1}))
		for _, column := range columns {
			if declared[column] == nil && taken(op.OperationID+column, share) {
				send(op, "the column "+column, write(map[string]any{column: 1}))
			}
		}
		for field := range declared {
			if strings.HasPrefix(field, "$") {
				continue
			}
			send(op, field+" in other letters", write(map[string]any{strings.ToUpper(field[:1]) + field[1:]: body[field]}))
			once, err := json.Marshal(map[string]any{field: body[field]})
			check(t, err)
			plain := write(map[string]any{field: body[field]})
			send(op, field+" twice", append(append(slices.Clone(plain[:len(plain)-1]), ','), once[1:]...))
			break
		}
	}
	w.close(t)
	for i, ws := range []string{"1", w.other} {
		for table, rows := range w.belongings(t, ws) {
			if was := before[i][table]; was != rows {
				t.Errorf("refused documents have changed %s of workspace %s", table, ws)
			}
		}
	}
	t.Logf("%d documents with what is not declared", sent)
}

// columns are the names of all columns.
func (w *cellWorld) columns(t *testing.T) (list []string) {
	t.Helper()
	for _, name := range []string{"hearth.db", "archive.db"} {
		db := w.database(t, name)
		defer db.Close()
		rows, err := db.Query(`SELECT DISTINCT c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON 1 = 1 WHERE m.type = 'table'`)
		check(t, err)
		for rows.Next() {
			var column string
			check(t, rows.Scan(&column))
			list = append(list, column)
		}
		check(t, rows.Err())
	}
	slices.Sort(list)
	return slices.Compact(list)
}
