package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Device is a browser in which a person wants to be told what happens. It
// belongs to them and to the session that the browser has: nothing is told while
// they are signed out there, or when they may not look any more. One that its
// message service does not know any more is forgotten.
type Device struct {
	ID      ChannelID
	Name    string // what the browser calls itself
	Service string // host of the message service
	Class   string // at least so serious
	Here    bool   // it is the browser that asks
	Created time.Time
}

// DeviceDraft is a browser that is to tell its person.
type DeviceDraft struct {
	Subscription string // the JSON that the browser gives
	Name         string // what it calls itself
	Class        string // at least so serious: watch, act, all-hands; "": everything
	Language     string // for whoever chose none in their profile; "": English
}

const (
	mostDevices    = 20   // of a person in a workspace
	mostDevicesAll = 5000 // of a workspace
	asleepFor      = 30 * 24 * time.Hour
	signedOut      = "Nobody is signed in with this browser any more."
)

// Devices lists the browsers that tell whoever asks, the newest first.
func (o *Outbox) Devices(ctx context.Context, by access.Actor) (list []Device, err error) {
	if err := by.CheckPerson(); err != nil {
		return nil, err
	}
	var channels []Channel
	err = o.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		channels, err = devicesOf(tx, by)
		return err
	})
	for i := range channels {
		c := &channels[i]
		reached, err := o.reached(ctx, c)
		if err != nil {
			return nil, err
		}
		if reached {
			list = append(list, c.device(by))
		}
	}
	return list, err
}

func (c *Channel) device(by access.Actor) Device {
	return Device{ID: c.ID, Name: c.Name, Service: c.Address, Class: c.Class, Here: c.session == by.Session, Created: c.Created}
}

// reached says whether whoever has a device may be told there at this moment.
func (o *Outbox) reached(ctx context.Context, c *Channel) (bool, error) {
	if o.o.Reached == nil {
		return true, nil
	}
	return o.o.Reached(ctx, c.workspace, c.Owner, c.session)
}

// AddDevice lets a browser tell whoever is signed in with it. A browser that
// told before, whomever it was, tells them from now on.
func (o *Outbox) AddDevice(ctx context.Context, by access.Actor, d DeviceDraft) (Device, error) {
	if err := by.CheckPerson(); err != nil {
		return Device{}, err
	}
	if err := by.Check(access.ReadAlerts); err != nil {
		return Device{}, err
	}
	s, err := readSubscription(d.Subscription)
	switch {
	case err != nil:
		return Device{}, err
	case o.o.Push == nil:
		return Device{}, hearth.Errorf(hearth.Unavailable, "Browser messages are not set up here.")
	case !slices.Contains(classes[:], d.Class):
		return Device{}, wrong("class", "The class is one of watch, act and all-hands.")
	}
	now := o.o.Clock()
	c := Channel{
		Version: 1, Kind: Push, Name: strings.TrimSpace(hearth.Visible(shorten(d.Name, 200))), Owner: by.User, Created: now, Changed: now,
		Settings: Settings{Address: s.host, Events: o.o.Told, Class: d.Class, Language: o.nearest(d.Language)}, workspace: by.Workspace, session: by.Session,
	}
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		known, err := devicesAt(tx, ` WHERE workspace_id = ? AND endpoint = ?`, int64(by.Workspace), endpointHash(s.Endpoint))
		if err != nil {
			return err
		}
		for i := range known {
			if err := o.forget(tx, &known[i], "The browser tells anew."); err != nil {
				return err
			}
		}
		own, err := devicesOf(tx, by)
		if err != nil {
			return err
		}
		if len(own) >= mostDevices {
			return hearth.Errorf(hearth.Unavailable, "You are told on %d devices already; remove one first.", len(own))
		}
		if err := o.insert(tx, &c, d.Subscription, "", endpointHash(s.Endpoint)); err != nil {
			return err
		}
		return access.Record(tx, now, by, "device.add", access.Of("device", c.ID), nil, c.shown())
	})
	return c.device(by), err
}

// RenewDevice is for a browser that told whoever asks and in which they have
// signed in again: it goes on in every workspace where it did. It gives in how
// many; none if it was removed meanwhile.
func (o *Outbox) RenewDevice(ctx context.Context, by access.Actor, subscription string) (renewed int, err error) {
	if err := by.CheckPerson(); err != nil {
		return 0, err
	}
	s, err := readSubscription(subscription)
	if err != nil {
		return 0, err
	}
	now := o.o.Clock()
	err = o.o.State.Write(ctx, func(tx *db.Tx) error {
		list, err := devicesAt(tx, ` WHERE endpoint = ? AND owner_id = ?`, endpointHash(s.Endpoint), int64(by.User)) // all workspaces: the browser and whoever is signed in belong to none
		if err != nil {
			return err
		}
		renewed = len(list)
		for i := range list {
			c := &list[i]
			_, err := tx.Exec(`UPDATE channel SET session_id = ?, changed = ? WHERE workspace_id = ? AND id = ?`,
				int64(by.Session), db.Micros(now), int64(c.workspace), int64(c.ID))
			if err != nil {
				return err
			}
		}
		if renewed == 0 {
			return nil
		}
		return access.Record(tx, now, by, "device.renew", access.Of("device", list[0].ID), nil, nil)
	})
	return renewed, err
}

// RemoveDevice lets a browser of whoever asks tell nothing any more.
func (o *Outbox) RemoveDevice(ctx context.Context, by access.Actor, id ChannelID) error {
	return o.onDevice(ctx, by, id, "device.remove", func(tx *db.Tx, c *Channel) error { return o.forget(tx, c, "The device was removed.") })
}

// TestDevice lets a browser of whoever asks tell them something at once.
func (o *Outbox) TestDevice(ctx context.Context, by access.Actor, id ChannelID) error {
	return o.onDevice(ctx, by, id, "device.test", func(tx *db.Tx, c *Channel) error {
		e := testEvent(c, o.o.Clock())
		e.Path = "/notices"
		return o.enqueue(tx, c, &e)
	})
}

func (o *Outbox) onDevice(ctx context.Context, by access.Actor, id ChannelID, verb string, do func(*db.Tx, *Channel) error) error {
	if err := by.CheckPerson(); err != nil {
		return err
	}
	return o.o.State.Write(ctx, func(tx *db.Tx) error {
		c, err := readChannel(tx, by.Workspace, id)
		if hearth.ErrorCode(err) == hearth.NotFound || err == nil && (c.session == 0 || c.Owner != by.User) {
			return hearth.Errorf(hearth.NotFound, "There is no device %d.", id)
		}
		if err != nil {
			return err
		}
		if err := do(tx, &c); err != nil {
			return err
		}
		return access.Record(tx, o.o.Clock(), by, verb, access.Of("device", id), nil, nil)
	})
}

// tidyDevices forgets browsers in which nobody has signed in again.
func (o *Outbox) tidyDevices(ctx context.Context, now time.Time) error {
	var list []Channel
	err := o.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = devicesAt(tx, ` WHERE session_id <> 0 AND changed < ?`, db.Micros(now.Add(-asleepFor))) // all workspaces: what is over is forgotten
		return err
	})
	for i := range list {
		c := &list[i]
		if reached, err := o.reached(ctx, c); err != nil || reached {
			continue
		}
		if err := o.o.State.Write(ctx, func(tx *db.Tx) error { return o.forget(tx, c, signedOut) }); err != nil {
			return err
		}
	}
	return err
}

// devicesOf are the devices of whoever asks.
func devicesOf(tx *db.Tx, by access.Actor) ([]Channel, error) {
	return devicesAt(tx, ` WHERE workspace_id = ? AND owner_id = ? AND session_id <> 0`, int64(by.Workspace), int64(by.User))
}

// devicesAt are the channels that a condition means, the newest first.
func devicesAt(tx *db.Tx, where string, args ...any) ([]Channel, error) {
	return channelsAt(tx, where+` ORDER BY workspace_id, id DESC`, args...)
}

// endpointHash names the address of a browser, which is a secret.
func endpointHash(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return hex.EncodeToString(sum[:])
}
