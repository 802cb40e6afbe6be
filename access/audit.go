package access

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"hearth"
	"hearth/db"
)

// Object is what a verb was done to: a kind of the glossary and its id.
type Object struct{ Kind, ID string }

// Of names an object.
func Of(kind string, id any) Object { return Object{kind, fmt.Sprint(id)} }

// Line is one line of the audit log.
type Line struct {
	ID      int64 // gapless from 1 on, within the workspace
	At      time.Time
	Kind    Kind // of the actor
	User    hearth.UserID
	Actor   string
	Verb    string
	Object  Object
	Was     string // JSON; "": nothing
	Now     string // JSON; "": nothing
	Address string
	Chain   []byte
	Named   Named // where it was read with names
}

// The bounds of a line.
const (
	mostState = 4 << 10 // of Was and Now each
	mostWord  = 256     // of every other text
)

// Record leaves the line of a verb in the audit log, in the verb's own
// transaction on the state's database: both happen or neither does. Was and now
// are what the object was and is, as JSON; nil is nothing. Secrets must not be
// in them. It is the last thing that a transaction does, once for each verb.
func Record(tx *db.Tx, at time.Time, by Actor, verb string, object Object, was, now any) error {
	if by.Workspace <= 0 {
		return hearth.Errorf(hearth.Denied, "Nobody in particular cannot do anything.")
	}
	l := Line{
		At: at, Kind: by.Kind, User: by.User, Actor: short(by.Name), Verb: verb,
		Object: Object{short(object.Kind), short(object.ID)}, Address: short(by.Address),
	}
	var err error
	if l.Was, err = state(was); err != nil {
		return err
	}
	if l.Now, err = state(now); err != nil {
		return err
	}
	var last []byte
	err = tx.QueryRow(`SELECT id, chain FROM audit_head WHERE workspace_id = ?`, int64(by.Workspace)).Scan(&l.ID, &last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the audit log: %w", err)
	}
	l.ID++
	l.Chain = l.sum(by.Workspace, last)
	_, err = tx.Exec(`
INSERT INTO audit (workspace_id, id, at, kind, user_id, actor, verb, object_kind, object_id, was, now, address, chain)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, int64(by.Workspace), l.ID, db.Micros(l.At), string(l.Kind), int64(l.User), l.Actor, l.Verb,
		l.Object.Kind, l.Object.ID, l.Was, l.Now, l.Address, l.Chain)
	if err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	_, err = tx.Exec(`
INSERT INTO audit_head (workspace_id, id, chain) VALUES (?, ?, ?)
ON CONFLICT (workspace_id) DO UPDATE SET id = excluded.id, chain = excluded.chain`, int64(by.Workspace), l.ID, l.Chain)
	if err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	return nil
}

// Note is Record in a transaction of its own, for a verb whose work is not in the
// state's database: it stands before the work, so that a crash between the two
// leaves a line too many and never one too few.
func Note(ctx context.Context, state *db.DB, at time.Time, by Actor, verb string, object Object, was, now any) error {
	return state.Write(ctx, func(tx *db.Tx) error { return Record(tx, at, by, verb, object, was, now) })
}

// sum is the line's link of the chain: SHA-256 over the link before it and every
// field, each with its length before it, so that no two lines read the same.
func (l *Line) sum(ws hearth.WorkspaceID, last []byte) []byte {
	h := sha256.New()
	for _, field := range [...][]byte{
		last, number(int64(ws)), number(l.ID), number(db.Micros(l.At)), []byte(l.Kind), number(int64(l.User)), []byte(l.Actor), []byte(l.Verb),
		[]byte(l.Object.Kind), []byte(l.Object.ID), []byte(l.Was), []byte(l.Now), []byte(l.Address),
	} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		h.Write(length[:])
		h.Write(field)
	}
	return h.Sum(nil)
}

func number(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// state is what an object was or is, as JSON of bounded size.
func state(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("writing the audit log: %w", err)
	}
	text := bytes.TrimRight(b.Bytes(), "\n")
	if len(text) <= mostState {
		return string(text), nil
	}
	short, err := json.Marshal(struct {
		Begins string `json:"begins"`
		Bytes  int    `json:"bytes"`
	}{cut(string(text), mostState/2), len(text)})
	return string(short), err
}

func short(s string) string { return cut(s, mostWord) }

// cut is at most n bytes of a text, and whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
