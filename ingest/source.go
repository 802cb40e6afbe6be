package ingest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/network"
)

// Source is a configured stream of posts.
type Source struct {
	ID             hearth.SourceID
	Version        int64 // rises with each change; a change names the version it saw
	Network        string
	Name           string
	Settings       map[string]string // with the defaults filled in
	Paused         bool
	KeepEverything bool // keep posts that no monitor wants, too
	Created        time.Time
	Changed        time.Time

	// Made are the secrets that Hearth made for the source; Add alone gives
	// them.
	Made map[string]string `json:"-"`
}

// Draft is what a person says of a source.
type Draft struct {
	Network        string // of a new source; a change cannot move it
	Name           string // empty: the network's title
	Settings       map[string]string
	KeepEverything bool
}

const (
	maxNameBytes     = 200
	maxSettingBytes  = 10_000
	maxSettingsBytes = 100_000
	maxSources       = 1_000 // in a workspace
)

// Add begins to read a network.
func (s *Sources) Add(ctx context.Context, by access.Actor, d Draft) (Source, error) {
	if err := by.Check(access.WriteSources); err != nil {
		return Source{}, err
	}
	n, ok := s.networks[d.Network]
	if !ok {
		return Source{}, &hearth.Error{Code: hearth.Invalid, Field: "network", Message: "There is no network " + quote(d.Network) + " here."}
	}
	given := d
	made, err := s.makeSecrets(n, &d)
	if err != nil {
		return Source{}, err
	}
	name, settings, err := s.checked(n, d)
	if err != nil {
		return Source{}, err
	}
	now := s.o.Clock()
	src := Source{
		Version: 1, Network: n.Name, Name: name, Settings: settings,
		KeepEverything: d.KeepEverything, Created: now, Changed: now,
	}
	err = access.Guarded(ctx, s.o.State, func(tx *db.Tx) error {
		var living int64
		err := tx.QueryRow(`
			SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE removed IS NULL)
			FROM source WHERE workspace_id = ?`, by.Workspace).Scan(&src.ID, &living)
		if err != nil {
			return err
		}
		if living >= maxSources {
			return hearth.Errorf(hearth.Invalid, "There are %d sources already; remove one first.", living)
		}
		if err := nameIsFree(tx, by.Workspace, src.Name, 0); err != nil {
			return err
		}
		if src.Settings, err = s.sealed(by.Workspace, src.ID, n, settings, nil); err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO source (workspace_id, id, version, network, name, settings, paused, keep_everything, created, changed)
			VALUES (?, ?, 1, ?, ?, ?, 0, ?, ?, ?)`,
			by.Workspace, src.ID, src.Network, src.Name, marshal(src.Settings), db.Truth(src.KeepEverything), db.Micros(now), db.Micros(now))
		if err == nil && n.Webhook != nil && s.o.Sealer != nil {
			err = s.writePath(tx, sourceKey{by.Workspace, src.ID})
		}
		if err != nil {
			return err
		}
		err = access.Claim(tx, now, by, access.Action{
			Area: access.AreaSources, Verb: "source.add", Object: access.Object{Kind: "source"}, Needs: access.WriteSources, Now: s.state(src), Secret: given,
		})
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "source.add", access.Of("source", src.ID), nil, s.state(src))
	})
	if err != nil {
		return Source{}, err
	}
	s.announce(by.Workspace, src.ID)
	src = s.shown(src)
	src.Made = made
	return src, nil
}

// makeSecrets fills in the secrets that a person left to Hearth, and gives
// them: they are shown this once.
func (s *Sources) makeSecrets(n *network.Network, d *Draft) (made map[string]string, err error) {
	for _, f := range n.Fields {
		if f.Make == nil || strings.TrimSpace(d.Settings[f.Name]) != "" || s.o.Sealer == nil && !f.Required {
			continue
		}
		random, err := s.randomBytes(secretBytes)
		if err != nil {
			return nil, err
		}
		settings := map[string]string{}
		maps.Copy(settings, d.Settings)
		settings[f.Name] = f.Make(random)
		d.Settings = settings
		if f.Required { // a person has to give it to the sender
			if made == nil {
				made = map[string]string{}
			}
			made[f.Name] = settings[f.Name]
		}
	}
	return made, nil
}

// Change gives a source another name or other settings; it reads on from where
// it stands. A secret given as Kept stays as it is. Version is the one the change was made on; if the source has
// another by now, nothing is changed and the error is a Conflict.
func (s *Sources) Change(ctx context.Context, by access.Actor, id hearth.SourceID, version int64, d Draft) (Source, error) {
	bound := changeBound{version, d}
	return s.edit(ctx, by, "source.change", id, &bound, func(src *Source) error {
		if src.Version != version {
			return hearth.Errorf(hearth.Conflict, "The source %s was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				quote(src.Name), src.Version, version)
		}
		if d.Network != "" && d.Network != src.Network {
			return &hearth.Error{Code: hearth.Invalid, Field: "network", Message: "A source cannot move to another network; add a new one."}
		}
		n, ok := s.networks[src.Network]
		if !ok {
			return hearth.Errorf(hearth.Unavailable, "This Hearth does not know the network %s.", quote(src.Network))
		}
		name, settings, err := s.checked(n, d)
		if err != nil {
			return err
		}
		src.Name, src.KeepEverything = name, d.KeepEverything
		src.Settings, err = s.sealed(by.Workspace, id, n, settings, src.Settings)
		return err
	})
}

// Pause stops reading; the place is kept. Pausing a paused source does nothing.
func (s *Sources) Pause(ctx context.Context, by access.Actor, id hearth.SourceID) (Source, error) {
	return s.edit(ctx, by, "source.pause", id, nil, func(src *Source) error { src.Paused = true; return nil })
}

// Resume goes on reading where the source stopped. What the network cannot
// give any more becomes a gap.
func (s *Sources) Resume(ctx context.Context, by access.Actor, id hearth.SourceID) (Source, error) {
	return s.edit(ctx, by, "source.resume", id, nil, func(src *Source) error { src.Paused = false; return nil })
}

// Remove forgets a source and its place; its posts stay.
func (s *Sources) Remove(ctx context.Context, by access.Actor, id hearth.SourceID) error {
	if err := by.Check(access.WriteSources); err != nil {
		return err
	}
	now := s.o.Clock()
	err := s.o.State.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`
			UPDATE source SET removed = ?, version = version + 1
			WHERE workspace_id = ? AND id = ? AND removed IS NULL`, db.Micros(now), by.Workspace, id)
		if err != nil {
			return err
		}
		if n, _ := done.RowsAffected(); n == 0 {
			return noSource(id)
		}
		src, _, err := scanSource(tx.QueryRow(selectSource+` WHERE workspace_id = ? AND id = ?`, by.Workspace, id))
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "source.remove", access.Of("source", id), s.state(src), nil)
	})
	if err != nil {
		return err
	}
	s.announce(by.Workspace, id)
	return nil
}

// Get gives one source.
func (s *Sources) Get(ctx context.Context, by access.Actor, id hearth.SourceID) (Source, error) {
	if err := by.Check(access.ReadSources); err != nil {
		return Source{}, err
	}
	var src Source
	err := s.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		src, err = readSource(tx, by.Workspace, id)
		return err
	})
	return s.shown(src), err
}

// List gives all sources of the workspace, the oldest first.
func (s *Sources) List(ctx context.Context, by access.Actor) ([]Source, error) {
	if err := by.Check(access.ReadSources); err != nil {
		return nil, err
	}
	var list []Source
	err := s.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectSource+` WHERE workspace_id = ? AND removed IS NULL ORDER BY id`, by.Workspace)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			src, _, err := scanSource(rows)
			list = append(list, s.shown(src))
			return err
		})
	})
	return list, err
}

// state is a source in the audit log, without what is secret.
type state struct {
	Network        string            `json:"network"`
	Name           string            `json:"name"`
	Settings       map[string]string `json:"settings,omitempty"`
	Paused         bool              `json:"paused,omitempty"`
	KeepEverything bool              `json:"keep_everything,omitempty"`
}

func (s *Sources) state(src Source) state {
	src = s.shown(src)
	return state{src.Network, src.Name, src.Settings, src.Paused, src.KeepEverything}
}

// edit changes a source in one transaction; what changes nothing writes
// nothing.
// changeBound is what decides what a change does.
type changeBound struct {
	Version int64
	Draft   Draft
}

// edit changes a source; bound, where given, is for what may take four eyes.
func (s *Sources) edit(ctx context.Context, by access.Actor, verb string, id hearth.SourceID, bound *changeBound, change func(*Source) error) (Source, error) {
	if err := by.Check(access.WriteSources); err != nil {
		return Source{}, err
	}
	var src Source
	err := access.Guarded(ctx, s.o.State, func(tx *db.Tx) error {
		var err error
		if src, err = readSource(tx, by.Workspace, id); err != nil {
			return err
		}
		before, was := marshal(src), s.state(src)
		if err := change(&src); err != nil || marshal(src) == before {
			return err
		}
		if err := nameIsFree(tx, by.Workspace, src.Name, id); err != nil {
			return err
		}
		src.Version++
		src.Changed = s.o.Clock()
		_, err = tx.Exec(`
			UPDATE source SET version = ?, name = ?, settings = ?, paused = ?, keep_everything = ?, changed = ?
			WHERE workspace_id = ? AND id = ?`,
			src.Version, src.Name, marshal(src.Settings), db.Truth(src.Paused), db.Truth(src.KeepEverything), db.Micros(src.Changed),
			by.Workspace, id)
		if err != nil {
			return err
		}
		if bound != nil {
			err := access.Claim(tx, src.Changed, by, access.Action{
				Area: access.AreaSources, Verb: verb, Object: access.Of("source", id), Needs: access.WriteSources, Was: was, Now: s.state(src), Secret: bound,
			})
			if err != nil {
				return err
			}
		}
		return access.Record(tx, src.Changed, by, verb, access.Of("source", id), was, s.state(src))
	})
	if err != nil {
		return Source{}, err
	}
	s.announce(by.Workspace, id)
	return s.shown(src), nil
}

// checked is the name and the settings of a draft as they are stored.
func (s *Sources) checked(n *network.Network, d Draft) (string, map[string]string, error) {
	name := strings.TrimSpace(d.Name)
	if name == "" {
		name = n.Title
	}
	if len(name) > maxNameBytes {
		return "", nil, &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A name may be at most 200 bytes long."}
	}
	total := 0
	for field, value := range d.Settings {
		total += len(field) + len(value)
		if len(value) > maxSettingBytes || total > maxSettingsBytes {
			return "", nil, &hearth.Error{Code: hearth.Invalid, Field: "settings", Message: "The settings are too long."}
		}
	}
	settings, err := network.Settings(n.Fields, d.Settings)
	if err != nil {
		return "", nil, err
	}
	return name, settings, nil
}

const selectSource = `
SELECT workspace_id, id, version, network, name, settings, paused, keep_everything, created, changed
FROM source`

func readSource(tx *db.Tx, ws hearth.WorkspaceID, id hearth.SourceID) (Source, error) {
	src, _, err := scanSource(tx.QueryRow(selectSource+` WHERE workspace_id = ? AND id = ? AND removed IS NULL`, ws, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Source{}, noSource(id)
	}
	return src, err
}

func scanSource(row db.Scanner) (src Source, ws hearth.WorkspaceID, err error) {
	var settings string
	var created, changed int64
	err = row.Scan(&ws, &src.ID, &src.Version, &src.Network, &src.Name, &settings, &src.Paused, &src.KeepEverything, &created, &changed)
	if err != nil {
		return Source{}, 0, err
	}
	src.Created, src.Changed = db.FromMicros(created), db.FromMicros(changed)
	return src, ws, unmarshal(settings, &src.Settings)
}

func nameIsFree(tx *db.Tx, ws hearth.WorkspaceID, name string, but hearth.SourceID) error {
	var taken int
	err := tx.QueryRow(`
		SELECT count(*) FROM source
		WHERE workspace_id = ? AND name = ? AND removed IS NULL AND id <> ?`, ws, name, but).Scan(&taken)
	if err == nil && taken > 0 {
		return &hearth.Error{Code: hearth.Conflict, Field: "name", Message: "There is a source of the name " + quote(name) + " already; give this one another."}
	}
	return err
}

func noSource(id hearth.SourceID) error {
	return hearth.Errorf(hearth.NotFound, "There is no source %d.", id)
}

// marshal writes one of our own structures, which cannot fail.
func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// unmarshal reads what marshal wrote.
func unmarshal(s string, v any) error {
	if err := json.Unmarshal([]byte(s), v); err != nil {
		return hearth.Errorf(hearth.Damaged, "A stored value of ingest cannot be read (%v). Restore the database from a backup.", err)
	}
	return nil
}

func quote(s string) string { return "“" + shorten(s, maxNameBytes) + "”" }
