package outbox

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/query"
)

// ChannelID names a channel within its workspace.
type ChannelID int64

// Kind is how a channel sends.
type Kind string

const (
	Webhook Kind = "webhook" // signed JSON, for programs
	Chat    Kind = "chat"    // a message to a chat room
	Mail    Kind = "mail"
	Push    Kind = "push" // to a browser; see Device
)

// Settings are what a channel is about. People see them all.
type Settings struct {
	Address  string             `json:"address"`            // of a webhook; mail addresses, with commas; of the others only the host is shown
	Format   string             `json:"format,omitempty"`   // of a chat: slack, mattermost, discord or teams
	Events   []string           `json:"events"`             // types; none: everything but single mentions
	Monitors []hearth.MonitorID `json:"monitors,omitempty"` // about these only; none: all
	Query    string             `json:"query,omitempty"`    // of events about a post: only if it matches
	Class    string             `json:"class,omitempty"`    // at least so serious: watch, act, all-hands
	Language string             `json:"language,omitempty"` // that messages are written in; "": of a mail or device that of whoever gets it, else English
}

// Channel is a place that things are sent to.
type Channel struct {
	ID      ChannelID
	Version int64
	Kind    Kind
	Name    string
	Settings
	Paused  bool
	Trouble string // why Hearth paused it
	Owner   hearth.UserID
	Waiting int64 // dispatches
	Dead    int64 // dispatches that need a person: dead or unknown
	Dropped int64 // events that found no room
	Created time.Time
	Changed time.Time

	workspace hearth.WorkspaceID
	session   access.SessionID // of a device; 0: it is none
	query     *query.Query
	target    string // sealed
	secret    string // sealed
	secretOld string // sealed
	oldUntil  time.Time
}

// ChannelDraft is a channel to be.
type ChannelDraft struct {
	Kind Kind
	Name string
	Settings
}

// ChannelEdit is what to change; nil leaves as it is.
type ChannelEdit struct {
	Name     *string
	Address  *string // of webhook, chat and mail
	Format   *string
	Events   []string // nil: as they are
	Monitors []hearth.MonitorID
	Query    *string
	Class    *string
	Language *string
	Paused   *bool
}

const (
	mostChannels  = 500 // of a workspace
	mostAddress   = 2048
	mostMonitors  = 1000
	mostMailboxes = 20
	rotationTime  = 24 * time.Hour
	noisy         = "mention.created" // only for those who ask for it by name
)

// classes from the least serious on.
var classes = [...]string{"", "watch", "act", "all-hands"}

// asks says whether a channel takes events of a type at all.
func (c *Channel) asks(event string) bool {
	if c.Paused {
		return false
	}
	if len(c.Events) == 0 {
		return event != noisy
	}
	return slices.Contains(c.Events, event)
}

// wants says whether a channel takes an event.
func (c *Channel) wants(e *Event) bool {
	if !c.asks(e.Type) || e.Class != "" && slices.Index(classes[:], e.Class) < slices.Index(classes[:], c.Class) {
		return false
	}
	if len(c.Monitors) > 0 && len(e.Monitors) > 0 && !slices.ContainsFunc(e.Monitors, func(m hearth.MonitorID) bool { return slices.Contains(c.Monitors, m) }) {
		return false
	}
	return c.query == nil || e.Post == nil || c.query.Match(e.Post)
}

// Channels lists a workspace's channels, by number. Devices are their owners' own.
func (o *Outbox) Channels(ctx context.Context, by access.Actor) (list []Channel, err error) {
	if err := by.Check(access.ReadChannels); err != nil {
		return nil, err
	}
	err = o.o.State.Read(ctx, func(tx *db.Tx) error {
		if list, err = channelsIn(tx, by.Workspace); err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(c Channel) bool { return c.session != 0 })
		for i := range list {
			if err := countWaiting(tx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Channel gives one channel.
func (o *Outbox) Channel(ctx context.Context, by access.Actor, id ChannelID) (c Channel, err error) {
	if err := by.Check(access.ReadChannels); err != nil {
		return c, err
	}
	err = o.o.State.Read(ctx, func(tx *db.Tx) error {
		if c, err = readShared(tx, by.Workspace, id); err != nil {
			return err
		}
		return countWaiting(tx, &c)
	})
	return c, err
}

// AddChannel makes a channel. The secret that webhooks are signed with is shown
// this once.
func (o *Outbox) AddChannel(ctx context.Context, by access.Actor, d ChannelDraft) (c Channel, secret string, err error) {
	if err := by.Check(access.WriteChannels); err != nil {
		return c, "", err
	}
	c = Channel{Kind: d.Kind, Name: d.Name, Settings: d.Settings, Version: 1, Owner: by.User, workspace: by.Workspace}
	target, err := o.check(&c)
	if err != nil {
		return c, "", err
	}
	if c.Kind == Webhook {
		secret = newSecret()
	}
	c.Created = o.o.Clock()
	c.Changed = c.Created
	err = access.Guarded(ctx, o.o.State, func(tx *db.Tx) error {
		if err := o.insert(tx, &c, target, secret, ""); err != nil {
			return err
		}
		err := access.Claim(tx, c.Created, by, access.Action{
			Area: access.AreaChannels, Verb: "channel.add", Object: access.Object{Kind: "channel"}, Needs: access.WriteChannels, Now: c.shown(), Secret: d,
		})
		if err != nil {
			return err
		}
		return access.Record(tx, c.Created, by, "channel.add", access.Of("channel", c.ID), nil, c.shown())
	})
	return c, secret, err
}

// insert stores a new channel and gives it its number.
func (o *Outbox) insert(tx *db.Tx, c *Channel, target, secret, endpoint string) error {
	list, err := channelsIn(tx, c.workspace)
	if err != nil {
		return err
	}
	most, count := mostChannels, 0
	if c.session != 0 {
		most = mostDevicesAll
	}
	for i := range list {
		if (list[i].session != 0) == (c.session != 0) {
			count++
		}
	}
	if count >= most {
		return hearth.Errorf(hearth.Unavailable, "There are %d channels already; remove one first.", count)
	}
	if err := tx.QueryRow(`UPDATE outbox_number SET channels = channels + 1 WHERE id = 1 RETURNING channels`).Scan(&c.ID); err != nil {
		return err
	}
	o.seal(c, target, secret)
	_, err = tx.Exec(`
		INSERT INTO channel (workspace_id, id, version, kind, name, settings, target, secret, secret_old, old_until, paused, trouble, owner_id,
			dropped, created, changed, session_id, endpoint)
		VALUES (?, ?, 1, ?, ?, ?, ?, ?, '', 0, 0, '', ?, 0, ?, ?, ?, ?)`, int64(c.workspace), int64(c.ID), string(c.Kind), c.Name, written(&c.Settings),
		c.target, c.secret, int64(c.Owner), db.Micros(c.Created), db.Micros(c.Changed), int64(c.session), endpoint)
	return err
}

// shown is a channel for the audit log.
func (c *Channel) shown() any {
	return struct {
		Kind   Kind     `json:"kind"`
		Name   string   `json:"name"`
		Paused bool     `json:"paused,omitempty"`
		About  Settings `json:"about"`
	}{c.Kind, c.Name, c.Paused, c.Settings}
}

// seal hides what nobody may read in the database.
func (o *Outbox) seal(c *Channel, target, secret string) {
	if target != "" {
		c.target = o.o.Seal(c.label("target"), target)
	}
	if secret != "" {
		c.secret = o.o.Seal(c.label("secret"), secret)
	}
}

// label binds a sealed value to its place.
func (c *Channel) label(what string) string {
	return fmt.Sprintf("channel\x00%d\x00%d\x00%s", c.workspace, c.ID, what)
}

// check looks at a channel and gives the address that is a secret, if it is one;
// of that only the host stays in the settings.
func (o *Outbox) check(c *Channel) (target string, err error) {
	if c.Name == "" || len(c.Name) > 200 || hearth.Visible(c.Name) != c.Name {
		return "", wrong("name", "A channel needs a name of at most 200 bytes.")
	}
	for _, e := range c.Events {
		if !slices.Contains(o.o.Events, e) {
			return "", wrong("events", "There are no events \""+e+"\".")
		}
	}
	if len(c.Monitors) > mostMonitors {
		return "", wrong("monitors", "At most 1,000 monitors can be named; leave them out to mean all.")
	}
	if !slices.Contains(classes[:], c.Class) {
		return "", wrong("class", "The class is one of watch, act and all-hands.")
	}
	if c.Settings.Query != "" {
		if q, problems := query.Parse(c.Settings.Query); q == nil {
			return "", wrong("query", "The query has an error: "+problems[0].Message)
		}
	}
	if err := o.checkLanguage(c); err != nil {
		return "", err
	}
	switch c.Kind {
	case Webhook:
		_, err = webAddress(c.Address)
		return "", err
	case Chat:
		u, err := webAddress(c.Address)
		if err != nil {
			return "", err
		}
		if c.Format == "" {
			c.Format = chatFormat(u.Hostname())
		}
		if !slices.Contains(chatFormats[:], c.Format) {
			return "", wrong("format", "A chat is one of slack, mattermost, discord and teams.")
		}
		target, c.Address = c.Address, u.Host
		return target, nil
	case Mail:
		if o.o.Mail == nil {
			return "", wrong("kind", "No mail server is configured; the operator sets one with --smtp.")
		}
		list, err := mail.ParseAddressList(c.Address)
		if err != nil || len(list) > mostMailboxes || len(c.Address) > mostAddress {
			return "", wrong("address", "Write one to 20 mail addresses with commas between them.")
		}
		return "", nil
	}
	return "", wrong("kind", "A channel is one of webhook, chat and mail; a browser is added by whoever looks with it.")
}

// webAddress reads the address of a web hook.
func webAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" || len(text) > mostAddress {
		return nil, wrong("address", "Write the address like https://example.org/hook, without a user name.")
	}
	return u, nil
}

// newSecret is one in the form of Standard Webhooks.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}

// ChangeChannel changes a channel. Version is the one that whoever asks has
// seen.
func (o *Outbox) ChangeChannel(ctx context.Context, by access.Actor, id ChannelID, version int64, e ChannelEdit) (c Channel, err error) {
	bound := &editBound{version, e}
	if e.pausesOnly() {
		bound = nil
	}
	return o.editChannel(ctx, by, id, "channel.change", bound, func(tx *db.Tx, c *Channel) error {
		if c.Version != version {
			return hearth.Errorf(hearth.Conflict, "Somebody changed the channel meanwhile: it is version %d, you saw %d. Look at it again.", c.Version, version)
		}
		target, err := o.apply(c, &e)
		if err != nil {
			return err
		}
		o.seal(c, target, "")
		return nil
	})
}

// apply changes a channel, and gives its new secret address if it has one.
func (o *Outbox) apply(c *Channel, e *ChannelEdit) (target string, err error) {
	set := func(into, from *string) {
		if from != nil {
			*into = *from
		}
	}
	set(&c.Name, e.Name)
	set(&c.Format, e.Format)
	set(&c.Settings.Query, e.Query)
	set(&c.Class, e.Class)
	set(&c.Language, e.Language)
	if e.Events != nil {
		c.Events = e.Events
	}
	if e.Monitors != nil {
		c.Monitors = e.Monitors
	}
	if e.Paused != nil {
		c.Paused = *e.Paused
		if !c.Paused {
			c.Trouble = ""
		}
	}
	kept := c.Address
	if e.Address != nil {
		c.Address = *e.Address
	} else if c.Kind == Chat { // only its host is known here: what stays as it is was checked before
		if c.Address, err = o.o.Open(c.label("target"), c.target); err != nil {
			return "", err
		}
		if _, err = o.check(c); err != nil {
			return "", err
		}
		c.Address = kept
		return "", nil
	}
	return o.check(c)
}

// RotateSecret gives a webhook another secret, which is shown this once. For a
// day everything is signed with the old one, too.
func (o *Outbox) RotateSecret(ctx context.Context, by access.Actor, id ChannelID) (c Channel, secret string, err error) {
	c, err = o.editChannel(ctx, by, id, "channel.rotate", nil, func(tx *db.Tx, c *Channel) error {
		if c.Kind != Webhook {
			return wrong("id", "Only webhooks have a secret.")
		}
		old, err := o.o.Open(c.label("secret"), c.secret)
		if err != nil {
			return err
		}
		secret = newSecret()
		c.secretOld, c.oldUntil = o.o.Seal(c.label("old"), old), o.o.Clock().Add(rotationTime)
		o.seal(c, "", secret)
		return nil
	})
	return c, secret, err
}

// editBound is what decides what a change does.
type editBound struct {
	Version int64
	Edit    ChannelEdit
}

// pausesOnly says whether a change does nothing but stop sending: that waits for
// nobody.
func (e *ChannelEdit) pausesOnly() bool {
	return e.Paused != nil && *e.Paused && e.Name == nil && e.Address == nil && e.Format == nil && e.Events == nil && e.Monitors == nil &&
		e.Query == nil && e.Class == nil && e.Language == nil
}

// editChannel changes a channel; bound, where given, is for what may take four eyes.
func (o *Outbox) editChannel(ctx context.Context, by access.Actor, id ChannelID, verb string, bound *editBound, change func(*db.Tx, *Channel) error) (c Channel, err error) {
	if err := by.Check(access.WriteChannels); err != nil {
		return c, err
	}
	err = access.Guarded(ctx, o.o.State, func(tx *db.Tx) error {
		if c, err = readShared(tx, by.Workspace, id); err != nil {
			return err
		}
		was := c.shown()
		if err := change(tx, &c); err != nil {
			return err
		}
		c.Version, c.Changed = c.Version+1, o.o.Clock()
		if err := writeChannel(tx, &c); err != nil {
			return err
		}
		if err := countWaiting(tx, &c); err != nil {
			return err
		}
		if bound != nil {
			err := access.Claim(tx, c.Changed, by, access.Action{
				Area: access.AreaChannels, Verb: verb, Object: access.Of("channel", id), Needs: access.WriteChannels, Was: was, Now: c.shown(), Secret: bound,
			})
			if err != nil {
				return err
			}
		}
		tx.AfterCommit(func() {
			o.wake()
			o.changes.Publish(by.Workspace, Change{Channel: id})
		})
		return access.Record(tx, c.Changed, by, verb, access.Of("channel", id), was, c.shown())
	})
	return c, err
}

func writeChannel(tx *db.Tx, c *Channel) error {
	_, err := tx.Exec(`
		UPDATE channel SET version = ?, name = ?, settings = ?, target = ?, secret = ?, secret_old = ?, old_until = ?, paused = ?, trouble = ?, changed = ?
		WHERE workspace_id = ? AND id = ?`, c.Version, c.Name, written(&c.Settings), c.target, c.secret, c.secretOld, db.Micros(c.oldUntil),
		db.Truth(c.Paused), c.Trouble, db.Micros(c.Changed), int64(c.workspace), int64(c.ID))
	return err
}

// RemoveChannel takes a channel away. What waits for it is not sent any more.
func (o *Outbox) RemoveChannel(ctx context.Context, by access.Actor, id ChannelID) error {
	if err := by.Check(access.WriteChannels); err != nil {
		return err
	}
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		c, err := readShared(tx, by.Workspace, id)
		if err != nil {
			return err
		}
		if err := o.forget(tx, &c, "The channel was removed."); err != nil {
			return err
		}
		return access.Record(tx, o.o.Clock(), by, "channel.remove", access.Of("channel", id), c.shown(), nil)
	})
}

// forget deletes a channel and ends what waits for it.
func (o *Outbox) forget(tx *db.Tx, c *Channel, why string) error {
	_, err := tx.Exec(`
		UPDATE dispatch SET state = 'failed', error = ?, ended = ? WHERE workspace_id = ? AND channel_id = ? AND state IN ('queued', 'unknown')`,
		why, db.Micros(o.o.Clock()), int64(c.workspace), int64(c.ID))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM channel WHERE workspace_id = ? AND id = ?`, int64(c.workspace), int64(c.ID)); err != nil {
		return err
	}
	tx.AfterCommit(func() { o.changes.Publish(c.workspace, Change{Channel: c.ID}) })
	return nil
}

// TestChannel sends a test message through a channel.
func (o *Outbox) TestChannel(ctx context.Context, by access.Actor, id ChannelID) (c Channel, err error) {
	if err := by.Check(access.WriteChannels); err != nil {
		return c, err
	}
	now := o.o.Clock()
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		if c, err = readShared(tx, by.Workspace, id); err != nil {
			return err
		}
		e := testEvent(&c, now)
		if err := o.enqueue(tx, &c, &e); err != nil {
			return err
		}
		if err := countWaiting(tx, &c); err != nil {
			return err
		}
		return access.Record(tx, now, by, "channel.test", access.Of("channel", id), nil, nil)
	})
	return c, err
}

// testEvent is what a test sends.
func testEvent(c *Channel, now time.Time) Event {
	return Event{Type: "channel.test", Key: fmt.Sprint(now.UnixMicro()), At: now, Title: "A test from Hearth",
		Text: "If you can read this, \"" + c.Name + "\" works.", Data: struct {
			Channel ChannelID `json:"channel"`
		}{c.ID}}
}

// TestMessage is what TestChannel would send now. Nothing is sent.
func (o *Outbox) TestMessage(ctx context.Context, by access.Actor, id ChannelID) (d Dispatch, err error) {
	c, err := o.Channel(ctx, by, id)
	if err != nil {
		return d, err
	}
	var lang string
	err = o.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		lang, err = o.spoken(tx, &c)
		return err
	})
	if err != nil {
		return d, err
	}
	plain := testEvent(&c, o.o.Clock())
	e := o.in(lang, &plain)
	body, err := o.render(lang, &c, &e)
	return Dispatch{Channel: id, Kind: c.Kind, Event: e.Type, MessageID: messageID(&c, &e), Title: e.Title, Body: body, State: Queued, Due: e.At, Created: e.At}, err
}

// PushKey is what a browser needs to take messages from here; "": it cannot.
func (o *Outbox) PushKey(_ context.Context, by access.Actor) (string, error) {
	if err := by.Check(access.ReadAlerts); err != nil {
		return "", err
	}
	if o.o.Push == nil {
		return "", nil
	}
	return o.o.Push.Public, nil
}
