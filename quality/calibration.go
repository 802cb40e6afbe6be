package quality

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/monitor/interval"
)

// Calibrations are layers over the shared sentiment model, made of what people of
// a workspace said of posts that were drawn by chance; what they corrected of their
// own accord is left out, as it would teach that everything is wrong. A layer is
// made by night and on demand, is shown with what it would change, and does nothing
// until somebody switches it on. They may be used by many goroutines at once.
type Calibrations struct {
	o     Options
	posts *monitor.Posts
	score Score

	mu    sync.Mutex
	known map[hearth.WorkspaceID]knownLayer
}

// Score is what the shared model makes of a post: the probabilities of negative,
// neutral and positive; false: nothing.
type Score func(*hearth.Post) ([3]float64, bool)

type knownLayer struct {
	layer *analysis.Layer
	read  time.Time
}

// NewCalibrations keeps layers.
func NewCalibrations(o Options, score Score) *Calibrations {
	return &Calibrations{o: o, posts: monitor.NewPosts(o.Monitors), score: score, known: map[hearth.WorkspaceID]knownLayer{}}
}

// Calibration is a version of a workspace's layer.
type Calibration struct {
	ID      int64
	At      time.Time
	By      hearth.UserID // 0: made by night, or by the operator
	On      bool
	Answers int64 // judged posts that it is made of

	// Of the answers, those that the shared model has right, and those that layers
	// have right each of which was made without the answer (5-fold cross-validation).
	RightBefore, RightAfter int64

	Looked int64  // newest posts that it was tried on
	Moves  []Move // what becomes of some of them
}

// Move is that so many posts get another sentiment.
type Move struct {
	From  hearth.Sentiment `json:"from"`
	To    hearth.Sentiment `json:"to"`
	Posts int64            `json:"posts"`
}

// Shares are how many of the answers are right without the layer and with it, with
// Wilson's intervals.
func (c *Calibration) Shares() (before, after interval.Share) {
	return interval.Wilson(c.RightBefore, c.Answers), interval.Wilson(c.RightAfter, c.Answers)
}

const (
	leastAnswers = 20   // of a layer
	mostAnswers  = 2000 // the newest
	triedOn      = 500  // newest posts
	layerAge     = 10 * time.Second
	mostVersions = 100
)

var moods = [3]hearth.Sentiment{hearth.Negative, hearth.Neutral, hearth.Positive}

// List gives the newest versions.
func (c *Calibrations) List(ctx context.Context, by access.Actor) (list []Calibration, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return nil, err
	}
	err = c.o.State.Read(ctx, func(tx *db.Tx) error {
		on, err := switched(tx, by.Workspace)
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT id, at, user_id, answers, right_before, right_after, looked, moves FROM quality_calibration WHERE workspace_id = ? ORDER BY id DESC LIMIT ?`, by.Workspace, mostVersions)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var one Calibration
			var at int64
			var moves string
			if err := rows.Scan(&one.ID, &at, &one.By, &one.Answers, &one.RightBefore, &one.RightAfter, &one.Looked, &moves); err != nil {
				return err
			}
			one.At, one.On = db.FromMicros(at), one.ID == on
			list = append(list, one)
			return json.Unmarshal([]byte(moves), &list[len(list)-1].Moves)
		})
	})
	return list, err
}

// Fit makes a version of what people have said by now. It is not switched on.
func (c *Calibrations) Fit(ctx context.Context, by access.Actor) (one Calibration, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return one, err
	}
	if err := access.Note(ctx, c.o.State, c.o.Clock(), by, "calibration.fit", access.Of("workspace", by.Workspace), nil, nil); err != nil {
		return one, err
	}
	return c.fit(ctx, by.Workspace, by.User)
}

// FitAll makes versions for all workspaces whose answers have changed since their
// last.
func (c *Calibrations) FitAll(ctx context.Context) error {
	var due []hearth.WorkspaceID
	err := c.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id FROM quality_check_post GROUP BY workspace_id HAVING max(at) > coalesce((SELECT max(at) FROM quality_calibration c WHERE c.workspace_id = quality_check_post.workspace_id), 0) ORDER BY workspace_id`) // all workspaces: the program's own work
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			err := rows.Scan(&ws)
			due = append(due, ws)
			return err
		})
	})
	for _, ws := range due {
		if _, fitting := c.fit(ctx, ws, 0); fitting != nil && hearth.ErrorCode(fitting) != hearth.Invalid {
			err = errors.Join(err, fitting)
		}
	}
	return err
}

func (c *Calibrations) fit(ctx context.Context, ws hearth.WorkspaceID, by hearth.UserID) (one Calibration, err error) {
	all, err := c.examples(ctx, ws)
	if err != nil {
		return one, err
	}
	if len(all) < leastAnswers {
		return one, hearth.Errorf(hearth.Invalid, "There are %d judged posts, and %d are needed: check random posts of a monitor first.", len(all), leastAnswers)
	}
	layer := &analysis.Layer{Sentiment: fit(all)}
	one = Calibration{At: c.o.Clock(), By: by, Answers: int64(len(all))}
	one.RightBefore, one.RightAfter = crossed(all)
	if err := c.try(ctx, ws, layer, &one); err != nil {
		return one, err
	}
	moves, err := json.Marshal(one.Moves)
	if err != nil {
		return one, err
	}
	packed, err := json.Marshal(layer)
	if err != nil {
		return one, err
	}
	err = c.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM quality_calibration WHERE workspace_id = ?`, ws).Scan(&one.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO quality_calibration (workspace_id, id, at, user_id, answers, right_before, right_after, looked, moves, layer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			ws, one.ID, db.Micros(one.At), by, one.Answers, one.RightBefore, one.RightAfter, one.Looked, string(moves), string(packed))
		return err
	})
	return one, err
}

// examples are the newest answers, as the shared model sees their posts.
func (c *Calibrations) examples(ctx context.Context, ws hearth.WorkspaceID) (all []example, err error) {
	var keys []hearth.Key
	answers := map[hearth.Key]string{}
	err = c.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT p.network, p.post_id, p.answer FROM quality_check q
			JOIN quality_check_post p ON p.workspace_id = q.workspace_id AND p.check_id = q.id
			WHERE q.workspace_id = ? AND q.field = ? AND p.answer <> '' ORDER BY q.id DESC, p.place LIMIT ?`, ws, string(archive.SentimentField), mostAnswers)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var key hearth.Key
			var answer string
			err := rows.Scan(&key.Network, &key.ID, &answer)
			if answers[key] == "" {
				keys = append(keys, key)
				answers[key] = answer
			}
			return err
		})
	})
	for _, key := range keys {
		is := -1
		for k, mood := range moods {
			if answers[key] == string(mood) {
				is = k
			}
		}
		s, err := c.o.Archive.Get(ctx, ws, key)
		if hearth.ErrorCode(err) == hearth.NotFound || is < 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p, ok := c.score(&s.Post); ok {
			all = append(all, example{lang: s.Post.Lang, p: p, is: is})
		}
	}
	return all, err
}

// try says what a layer would make of the newest posts, against what is on.
func (c *Calibrations) try(ctx context.Context, ws hearth.WorkspaceID, layer *analysis.Layer, one *Calibration) error {
	page, err := c.posts.Search(ctx, access.LocalOwner(ws), monitor.PageSearch{Limit: triedOn})
	if err != nil {
		return err
	}
	now, err := c.read(ctx, ws)
	if err != nil {
		return err
	}
	var moves [3][3]int64
	for i := range page.Posts {
		post := &page.Posts[i].Post
		p, ok := c.score(post)
		if !ok {
			continue
		}
		one.Looked++
		moves[likeliest(now.Shift(post.Lang, p))][likeliest(layer.Shift(post.Lang, p))]++
	}
	one.Moves = []Move{}
	for from := range moves {
		for to, n := range moves[from] {
			if from != to && n > 0 {
				one.Moves = append(one.Moves, Move{moods[from], moods[to], n})
			}
		}
	}
	return nil
}

// Switch has a version hold for what arrives from now on; 0: the shared models
// alone. What is stored stays as it is. Whoever wants to undo it switches back.
func (c *Calibrations) Switch(ctx context.Context, by access.Actor, version int64) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	now := c.o.Clock()
	type state struct {
		Version int64 `json:"version"`
	}
	err := c.o.State.Write(ctx, func(tx *db.Tx) error {
		was, err := switched(tx, by.Workspace)
		if err != nil {
			return err
		}
		if version != 0 {
			var there int
			if err := tx.QueryRow(`SELECT count(*) FROM quality_calibration WHERE workspace_id = ? AND id = ?`, by.Workspace, version).Scan(&there); err != nil {
				return err
			}
			if there == 0 {
				return hearth.Errorf(hearth.NotFound, "There is no calibration %d.", version)
			}
		}
		_, err = tx.Exec(`INSERT INTO quality_switch (workspace_id, id, calibration, user_id, at) VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM quality_switch WHERE workspace_id = ?), ?, ?, ?)`,
			by.Workspace, by.Workspace, version, by.User, db.Micros(now))
		if err != nil {
			return err
		}
		return access.Record(tx, now, by, "calibration.switch", access.Of("calibration", version), state{was}, state{version})
	})
	c.mu.Lock()
	delete(c.known, by.Workspace)
	c.mu.Unlock()
	return err
}

// switched is the version that is on; 0: none.
func switched(tx *db.Tx, ws hearth.WorkspaceID) (version int64, err error) {
	err = tx.QueryRow(`SELECT calibration FROM quality_switch WHERE workspace_id = ? ORDER BY id DESC LIMIT 1`, ws).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return version, err
}

// Layer is what is on in a workspace; nil: the shared models alone. It is asked for
// each batch, so it is read anew after a switch here and every ten seconds; if it
// cannot be read, what was read before holds.
func (c *Calibrations) Layer(ctx context.Context, ws hearth.WorkspaceID) *analysis.Layer {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Clock()
	known, ok := c.known[ws]
	if age := now.Sub(known.read); ok && age >= 0 && age < layerAge {
		return known.layer
	}
	if layer, err := c.read(ctx, ws); err == nil {
		known.layer = layer
	}
	known.read = now
	c.known[ws] = known
	return known.layer
}

func (c *Calibrations) read(ctx context.Context, ws hearth.WorkspaceID) (layer *analysis.Layer, err error) {
	err = c.o.State.Read(ctx, func(tx *db.Tx) error {
		version, err := switched(tx, ws)
		if err != nil || version == 0 {
			return err
		}
		var packed string
		if err := tx.QueryRow(`SELECT layer FROM quality_calibration WHERE workspace_id = ? AND id = ?`, ws, version).Scan(&packed); err != nil {
			return err
		}
		layer = &analysis.Layer{}
		return json.Unmarshal([]byte(packed), layer)
	})
	return layer, err
}
