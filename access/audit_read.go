package access

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// AuditSearch says which lines of the audit log are meant; zero values mean any.
type AuditSearch struct {
	User   hearth.UserID
	Actor  string // name
	Verb   string // monitor.change, or monitor. for all of them
	Object Object // its ID may be "": all of a kind
	From   time.Time
	To     time.Time // exclusive
	Before int64     // 0: from the newest on
	Limit  int       // 0: 50; at most 1,000
}

// AuditPage is a page of the audit log, the newest line first.
type AuditPage struct {
	Lines []Line
	Next  int64 // Before of the page that follows; 0: there is none
}

const selectLine = `
SELECT id, at, kind, user_id, actor, verb, object_kind, object_id, was, now, address, chain FROM audit`

func scanLine(row db.Scanner) (l Line, err error) {
	var at int64
	err = row.Scan(&l.ID, &at, &l.Kind, &l.User, &l.Actor, &l.Verb, &l.Object.Kind, &l.Object.ID, &l.Was, &l.Now, &l.Address, &l.Chain)
	l.At = db.FromMicros(at)
	return l, err
}

// AuditLog gives a page of what was done in the workspace, with names.
func (a *Access) AuditLog(ctx context.Context, by Actor, s AuditSearch) (page AuditPage, err error) {
	if err := by.Check(ReadAudit); err != nil {
		return page, err
	}
	limit := s.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	where, args := s.where(by.Workspace)
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectLine+where+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			l, err := scanLine(rows)
			page.Lines = append(page.Lines, l)
			return err
		})
		if err != nil {
			return err
		}
		return nameLines(tx, by.Workspace, page.Lines)
	})
	if len(page.Lines) > limit {
		page.Lines = page.Lines[:limit]
		page.Next = page.Lines[limit-1].ID
	}
	return page, err
}

func (s *AuditSearch) where(ws hearth.WorkspaceID) (where string, args []any) {
	where, args = " WHERE workspace_id = ?", []any{int64(ws)}
	add := func(test string, arg any) {
		where += " AND " + test
		args = append(args, arg)
	}
	if s.User != 0 {
		add("user_id = ?", int64(s.User))
	}
	if s.Actor != "" {
		add("actor = ?", s.Actor)
	}
	if noun, all := strings.CutSuffix(s.Verb, "."); all {
		add("verb >= ?", noun+".")
		add("verb < ?", noun+"/") // the character after the point
	} else if s.Verb != "" {
		add("verb = ?", s.Verb)
	}
	if s.Object.Kind != "" {
		add("object_kind = ?", s.Object.Kind)
	}
	if s.Object.ID != "" {
		add("object_id = ?", s.Object.ID)
	}
	if !s.From.IsZero() {
		add("at >= ?", db.Micros(s.From))
	}
	if !s.To.IsZero() {
		add("at < ?", db.Micros(s.To))
	}
	if s.Before > 0 {
		add("id < ?", s.Before)
	}
	return where, args
}

// ExportAudit writes all lines that are meant as NDJSON or CSV, the newest first,
// and leaves a line about itself.
func (a *Access) ExportAudit(ctx context.Context, by Actor, s AuditSearch, format string, w io.Writer) error {
	if err := by.Check(ReadAudit); err != nil {
		return err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return err
	}
	if format != "ndjson" && format != "csv" {
		return &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "An audit log is exported as ndjson or csv."}
	}
	err := NoteClaimed(ctx, a.o.State, a.o.Clock(), by, Action{
		Area: AreaExports, Verb: "audit.export", Object: Of("workspace", by.Workspace), Needs: ReadAudit, Now: map[string]string{"format": format},
		Bound: struct {
			Search AuditSearch
			Format string
		}{s, format},
	})
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if format == "csv" {
		out.Write([]string{"id", "at", "kind", "user", "actor", "verb", "object_kind", "object_id", "was", "now", "address", "chain", "name", "name_now", "gone", "actor_now"})
	}
	for s.Limit = 1000; ; {
		page, err := a.AuditLog(ctx, by, s)
		if err != nil {
			return err
		}
		for i := range page.Lines {
			if err := page.Lines[i].write(w, out, format); err != nil {
				return err
			}
		}
		if s.Before = page.Next; page.Next == 0 {
			out.Flush()
			return out.Error()
		}
	}
}

// write puts a line into an export. No cell begins as a formula (BR9).
func (l *Line) write(w io.Writer, out *csv.Writer, format string) error {
	if format == "csv" {
		cells := []string{strconv.FormatInt(l.ID, 10), l.At.Format(time.RFC3339Nano), string(l.Kind), l.User.String(), l.Actor, l.Verb,
			l.Object.Kind, l.Object.ID, l.Was, l.Now, l.Address, fmt.Sprintf("%x", l.Chain),
			l.Named.Object, l.Named.Now, strconv.FormatBool(l.Named.Gone), l.Named.Actor}
		for i, c := range cells {
			if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
				cells[i] = "'" + c
			}
		}
		return out.Write(cells)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		ID      int64           `json:"id"`
		At      time.Time       `json:"at"`
		Kind    Kind            `json:"kind"`
		User    int64           `json:"user,omitempty"`
		Actor   string          `json:"actor"`
		Verb    string          `json:"verb"`
		Object  string          `json:"object"`
		Was     json.RawMessage `json:"was,omitempty"`
		Now     json.RawMessage `json:"now,omitempty"`
		Address string          `json:"address,omitempty"`
		Chain   string          `json:"chain"`
		Name    string          `json:"name,omitempty"`
		NameNow string          `json:"name_now,omitempty"`
		Gone    bool            `json:"gone,omitempty"`
		ByNow   string          `json:"actor_now,omitempty"`
	}{l.ID, l.At, l.Kind, int64(l.User), l.Actor, l.Verb, l.Object.Kind + "/" + l.Object.ID, json.RawMessage(l.Was), json.RawMessage(l.Now), l.Address, fmt.Sprintf("%x", l.Chain),
		l.Named.Object, l.Named.Now, l.Named.Gone, l.Named.Actor})
	if err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// AuditCheck is what VerifyAudit found.
type AuditCheck struct {
	Lines int64  // that were read
	Wrong int64  // the first line that is altered or missing; 0: none
	What  string // what is wrong with it
	Head  []byte // the last link; whoever has noted an older one finds it in the log
}

// VerifyAudit reads the workspace's whole log and finds the first line that was
// altered, added or taken away (I42).
func (a *Access) VerifyAudit(ctx context.Context, by Actor) (c AuditCheck, err error) {
	if err := by.Check(ReadAudit); err != nil {
		return c, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		var last int64
		var head []byte
		err := tx.QueryRow(`SELECT id, chain FROM audit_head WHERE workspace_id = ?`, int64(by.Workspace)).Scan(&last, &head)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		for {
			n, err := c.more(tx, by.Workspace)
			if err != nil || c.Wrong != 0 {
				return err
			}
			if n == 0 {
				break
			}
		}
		switch {
		case c.Lines < last:
			c.Wrong, c.What = c.Lines+1, "the end of the log is missing"
		case c.Lines > last || !bytes.Equal(c.Head, head):
			c.Wrong, c.What = max(last, 1), "the last line is not the one that was written last"
		}
		return nil
	})
	return c, err
}

// more reads on. PostgreSQL sends all that is asked for, so it is done in parts.
func (c *AuditCheck) more(tx *db.Tx, ws hearth.WorkspaceID) (n int, err error) {
	rows, err := tx.Query(selectLine+` WHERE workspace_id = ? AND id > ? ORDER BY id LIMIT 1000`, int64(ws), c.Lines)
	if err != nil {
		return 0, err
	}
	err = db.EachRow(rows, func() error {
		l, err := scanLine(rows)
		if err != nil || c.Wrong != 0 {
			return err
		}
		n++
		switch {
		case l.ID != c.Lines+1:
			c.Wrong, c.What = c.Lines+1, "the line is missing"
		case !bytes.Equal(l.sum(ws, c.Head), l.Chain):
			c.Wrong, c.What = l.ID, "the line is not as it was written"
		default:
			c.Lines, c.Head = l.ID, l.Chain
		}
		return nil
	})
	return n, err
}
