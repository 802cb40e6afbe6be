package monitor

import (
	"context"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// Trusted is the people whom a workspace trusts: customers, experts, accounts it
// has talked with. The ranking of voices begins there; forty of them, of many
// circles, make it steady.
type Trusted struct{ m *Monitors }

// NewTrusted keeps the list beside the monitors.
func NewTrusted(m *Monitors) *Trusted { return &Trusted{m} }

// Person is somebody on the list.
type Person struct {
	Network string
	Author  string // id on the network, or @ and a handle
	Note    string // why, for people
	Added   time.Time
}

const (
	mostTrusted  = 2000
	mostNoteSize = 500
	mostIDSize   = 512
)

// List gives the people by network and author.
func (t *Trusted) List(ctx context.Context, by access.Actor) (list []Person, err error) {
	if err := by.CheckSome(access.ReadMonitors); err != nil {
		return nil, err
	}
	return t.m.trusted(ctx, by.Workspace)
}

func (m *Monitors) trusted(ctx context.Context, ws hearth.WorkspaceID) (list []Person, err error) {
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT network, author, note, added FROM trusted WHERE workspace_id = ? ORDER BY network, author`, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var p Person
			var added int64
			err := rows.Scan(&p.Network, &p.Author, &p.Note, &added)
			p.Added = db.FromMicros(added)
			list = append(list, p)
			return err
		})
	})
	return list, err
}

// Add puts somebody on the list; who is on it gets the new note.
func (t *Trusted) Add(ctx context.Context, by access.Actor, p Person) (Person, error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return p, err
	}
	p.Network = strings.TrimSpace(p.Network)
	p.Author = compared(p.Author)
	if p.Network == "" || len(p.Network) > 32 || p.Author == "" || p.Author == handleSign || len(p.Author) > mostIDSize {
		return p, &hearth.Error{Code: hearth.Invalid, Field: "author", Message: "Name a network and an author on it: an id, or @ and a handle."}
	}
	if len(p.Note) > mostNoteSize {
		return p, &hearth.Error{Code: hearth.Invalid, Field: "note", Message: "A note has at most 500 bytes."}
	}
	p.Note, p.Added = strings.ToValidUTF8(p.Note, "\uFFFD"), t.m.o.Clock()
	err := t.m.o.State.Write(ctx, func(tx *db.Tx) error {
		var there int
		if err := tx.QueryRow(`SELECT count(*) FROM trusted WHERE workspace_id = ?`, by.Workspace).Scan(&there); err != nil {
			return err
		}
		if there >= mostTrusted {
			return hearth.Errorf(hearth.Invalid, "There are %d trusted people, which is the limit; remove some first.", there)
		}
		_, err := tx.Exec(`
			INSERT INTO trusted (workspace_id, network, author, note, added, added_by) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, network, author) DO UPDATE SET note = excluded.note`,
			by.Workspace, p.Network, p.Author, p.Note, db.Micros(p.Added), by.User)
		if err != nil {
			return err
		}
		return access.Record(tx, p.Added, by, "trusted.add", access.Of("network", p.Network), nil, p.state())
	})
	t.m.voices.forget(by.Workspace)
	return p, err
}

// Remove takes somebody off the list.
func (t *Trusted) Remove(ctx context.Context, by access.Actor, network, author string) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	err := t.m.o.State.Write(ctx, func(tx *db.Tx) error {
		p := Person{Network: network, Author: compared(author)}
		done, err := tx.Exec(`DELETE FROM trusted WHERE workspace_id = ? AND network = ? AND author = ?`, by.Workspace, network, p.Author)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return hearth.Errorf(hearth.NotFound, "Nobody of that name is on the list of trusted people.")
		}
		return access.Record(tx, t.m.o.Clock(), by, "trusted.remove", access.Of("network", network), p.state(), nil)
	})
	t.m.voices.forget(by.Workspace)
	return err
}

// personState is what the audit log keeps of a person on the list.
type personState struct {
	Network string `json:"network"`
	Author  string `json:"author"`
	Note    string `json:"note"`
}

func (p *Person) state() personState { return personState{p.Network, p.Author, p.Note} }

// compared is an id as it is, and a handle as it is compared.
func compared(author string) string {
	author = strings.TrimSpace(strings.ToValidUTF8(author, "\uFFFD"))
	if strings.HasPrefix(author, handleSign) {
		return handleSign + query.Key(query.FieldAuthor, author)
	}
	return author
}
