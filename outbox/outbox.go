package outbox

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/bus"
	"hearth/db"
	"hearth/jobs"
	"hearth/outbound"
)

//go:embed schema/*.sql
var schemas embed.FS

// Schema is the outbox's tables in hearth.db.
func Schema() db.Schema { return db.SchemaIn(schemas, "outbox", "schema") }

// Options of the outbox. State, Out, Clock, Log, Seal and Open are required.
type Options struct {
	State *db.DB // hearth.db, with Schema
	Out   *outbound.Outbound
	Clock hearth.Clock
	Log   *slog.Logger

	// Seal makes a secret unreadable, bound to a label; Open is its inverse.
	Seal func(label, secret string) string
	Open func(label, sealed string) (string, error)

	Leases  *jobs.Leases   // who sends; nil: this is the only process
	Mail    *MailServer    // nil: there are no mails
	Push    *PushKeys      // nil: there are no browser messages
	Address string         // of Hearth's pages, for links; "": none
	Random  func() float64 // spreads waits, in [0, 1); nil: the runtime's

	// Shown says whether a post may be shown at this moment. Nil: all may.
	Shown func(ctx context.Context, ws hearth.WorkspaceID, seq hearth.Seq) (bool, error)

	// May says whether whoever made a channel may still have it. Nil: always.
	May func(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID) (bool, error)

	// Reached says whether a person may still be told in a browser: by the session
	// that it has. Nil: always.
	Reached func(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID, session access.SessionID) (bool, error)

	// Events are the types that channels may ask for; Told those that devices
	// tell.
	Events, Told []string

	// Languages are those that messages are written in beside English. Say says a
	// sentence of Hearth in one of them. None: everything is English.
	Languages []string
	Say       func(lang, sentence string) string
}

// Outbox is the channels and dispatches of all workspaces. It is safe for
// concurrent use. Make one with New; Run sends.
type Outbox struct {
	o       Options
	changes bus.Topic[Change]
	poke    chan struct{}
}

// Change is told on the bus when a dispatch or channel changed.
type Change struct {
	Channel  ChannelID
	Dispatch DispatchID
}

// New makes ready; Run sends.
func New(o Options) *Outbox {
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return &Outbox{o: o, poke: make(chan struct{}, 1)}
}

// Changes is where changes are told.
func (o *Outbox) Changes() *bus.Topic[Change] { return &o.changes }

func (o *Outbox) wake() {
	select {
	case o.poke <- struct{}{}:
	default:
	}
}

// Event is something that happened.
type Event struct {
	Type   string
	Key    string    // unique within its type
	Class  string    // how serious; "": it has none
	At     time.Time // when it happened
	Before time.Time // not to be sent before; zero: at once

	Monitors []hearth.MonitorID // it is about
	Seq      hearth.Seq         // of the post it is about; 0: none
	Post     *hearth.Post       // likewise

	Title string
	Text  string
	Path  string // of its page, or an address
	Data  any    // JSON for machines

	// Words are title and text in another language. Nil: both are sentences that
	// Say knows.
	Words func(lang string) (title, text string)
}

// Wants says whether any channel asks for events of a type.
func (o *Outbox) Wants(tx *db.Tx, ws hearth.WorkspaceID, event string) (bool, error) {
	list, err := channelsIn(tx, ws)
	for i := range list {
		if list[i].asks(event) {
			return true, err
		}
	}
	return false, err
}

// Publish makes a dispatch of an event for each channel that asks for it, in the
// transaction that the event is part of. Published again it changes nothing.
func (o *Outbox) Publish(tx *db.Tx, ws hearth.WorkspaceID, e Event) error {
	list, err := channelsIn(tx, ws)
	if err != nil {
		return err
	}
	for i := range list {
		if !list[i].wants(&e) {
			continue
		}
		if err := o.enqueue(tx, &list[i], &e); err != nil {
			return err
		}
	}
	return nil
}

// mostWaiting is how many dispatches of a channel wait before events find no
// room.
const mostWaiting = 10_000

// enqueue makes one dispatch. A channel that is full counts what it loses.
func (o *Outbox) enqueue(tx *db.Tx, c *Channel, e *Event) error {
	var waiting int64
	err := tx.QueryRow(`SELECT count(*) FROM dispatch WHERE workspace_id = ? AND channel_id = ? AND state = 'queued'`,
		int64(c.workspace), int64(c.ID)).Scan(&waiting)
	if err != nil {
		return err
	}
	if waiting >= mostWaiting {
		_, err := tx.Exec(`UPDATE channel SET dropped = dropped + 1 WHERE workspace_id = ? AND id = ?`, int64(c.workspace), int64(c.ID))
		return err
	}
	lang, err := o.spoken(tx, c)
	if err != nil {
		return err
	}
	worded := o.in(lang, e)
	body, err := o.render(lang, c, &worded)
	if err != nil {
		return err
	}
	var id int64
	if err := tx.QueryRow(`UPDATE outbox_number SET dispatches = dispatches + 1 WHERE id = 1 RETURNING dispatches`).Scan(&id); err != nil {
		return err
	}
	now := o.o.Clock()
	due := now
	if e.Before.After(due) {
		due = e.Before
	}
	_, err = tx.Exec(`
		INSERT INTO dispatch (workspace_id, id, channel_id, kind, event, event_key, message_id, seq, title, body, state, due, attempts, fence,
			status, error, created, begun, ended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, 0, 0, '', ?, 0, 0)
		ON CONFLICT (workspace_id, channel_id, event_key) DO NOTHING`,
		int64(c.workspace), id, int64(c.ID), string(c.Kind), e.Type, e.Type+" "+e.Key, messageID(c, e), int64(e.Seq), shorten(worded.Title, 300), body,
		db.Micros(due), db.Micros(now))
	if err != nil {
		return err
	}
	tx.AfterCommit(func() {
		o.wake()
		o.changes.Publish(c.workspace, Change{Channel: c.ID, Dispatch: DispatchID(id)})
	})
	return nil
}

// shorten cuts a text to so many bytes, at the beginning of a letter.
func shorten(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	return string(text)
}

// wrong is an error about one input.
func wrong(field, sentence string) error {
	return &hearth.Error{Code: hearth.Invalid, Field: field, Message: sentence}
}
