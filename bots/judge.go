package bots

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"hearth"
	"hearth/analysis/bot"
	"hearth/db"
	"hearth/fault"
)

const (
	kept  = 28 * 24 * time.Hour // for which posts count
	stale = 6 * time.Hour       // after which a verdict is made anew
	turn  = 2 * time.Second     // between looks whether an account is due
)

// Run follows the log and judges until ctx ends. Of several processes one should.
func (b *Bots) Run(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- b.o.Archive.Consume(ctx, Consumer()) }()
	tick := time.NewTicker(turn)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		case <-tick.C:
		}
		if err := b.Judge(ctx); err != nil && ctx.Err() == nil {
			b.o.Log.Error("accounts were not judged; they will be later", "problem", err)
		}
	}
}

// Place is the last row of the log that was counted.
func (b *Bots) Place(ctx context.Context) (hearth.Seq, error) {
	return b.o.Archive.Position(ctx, consumer)
}

// Judge judges all accounts that are due and whose texts have been compared.
func (b *Bots) Judge(ctx context.Context) error {
	for {
		n, err := b.judgeSome(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// row is an account as its row says.
type row struct {
	ws        hearth.WorkspaceID
	author    int64
	account   Account
	declared  bool
	followers int64
	due       int64
	gone      bool
	band      bot.Band
	said      Says
}

const rowColumns = `workspace_id, author, network, account, declared, followers, due, gone, band, said`

func (r *row) scan(rows *sql.Rows) error {
	return rows.Scan(&r.ws, &r.author, &r.account.Network, &r.account.Author, &r.declared, &r.followers, &r.due, &r.gone, &r.band, &r.said)
}

// judgeSome judges up to a hundred accounts and says how many.
func (b *Bots) judgeSome(ctx context.Context) (n int, err error) {
	now := b.o.Clock()
	list, err := b.dueNow(ctx, now)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	voices := make([]said, len(list))
	err = b.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		for i := range list {
			if voices[i], err = saidOf(tx, list[i].ws, list[i].account); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for i := range list {
		if list[i].gone { // first what was said, so that it cannot stay behind
			if err := b.forget(ctx, list[i].ws, list[i].account); err != nil {
				return 0, err
			}
			voices[i] = said{}
		}
	}
	err = b.o.Store.Write(ctx, func(tx *db.Tx) error {
		changed := map[hearth.WorkspaceID]bool{}
		first := map[firstKey]first{}
		for i := range list {
			moved, err := judge(tx, &list[i], voices[i].says, now, first)
			if err != nil {
				return fmt.Errorf("judging an account: %w", err)
			}
			changed[list[i].ws] = changed[list[i].ws] || moved
		}
		for ws, moved := range changed {
			if !moved {
				continue
			}
			_, err := tx.Exec(`INSERT INTO bot_change (workspace_id, version) VALUES (?, 1)
				ON CONFLICT (workspace_id) DO UPDATE SET version = bot_change.version + 1`, ws)
			if err != nil {
				return err
			}
		}
		return fault.Point("bots.verdict.written")
	})
	return len(list), err
}

// dueNow is accounts that are due, of all workspaces.
func (b *Bots) dueNow(ctx context.Context, now time.Time) (list []row, err error) {
	take := func(rows *sql.Rows, err error) error {
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var r row
			err := r.scan(rows)
			list = append(list, r)
			return err
		})
	}
	err = b.o.Store.Read(ctx, func(tx *db.Tx) error {
		err := take(tx.Query(`SELECT `+rowColumns+` FROM bot_account WHERE due > 0 AND due <= coalesce((SELECT seq FROM consumer_position WHERE consumer = ?), 0) ORDER BY due, workspace_id, author LIMIT 100`, copied)) // all workspaces: the program's own loop
		if err != nil || len(list) > 0 {
			return err
		}
		return take(tx.Query(`SELECT `+rowColumns+` FROM bot_account WHERE judged > 0 AND judged <= ? AND due = 0 ORDER BY judged, workspace_id, author LIMIT 100`, now.Add(-stale).UnixMicro())) // all workspaces: the program's own loop
	})
	return list, err
}

// judge makes the verdict of one account, and says whether queries should know.
func judge(tx *db.Tx, r *row, says Says, now time.Time, clusters map[firstKey]first) (moved bool, err error) {
	seen, of, err := look(tx, r, clusters)
	if err != nil {
		return false, err
	}
	if past := now.Add(-kept).UnixMicro(); of.rows > bot.Most || of.rows > 0 && of.oldest < past {
		_, err = tx.Exec(`DELETE FROM bot_post WHERE workspace_id = ? AND author = ? AND (at < ? OR seq NOT IN
			(SELECT seq FROM bot_post WHERE workspace_id = ? AND author = ? ORDER BY at DESC, seq DESC LIMIT 100))`, r.ws, r.author, past, r.ws, r.author)
		if err != nil {
			return false, err
		}
		if seen, of, err = look(tx, r, clusters); err != nil {
			return false, err
		}
	}
	if of.rows == 0 && (r.gone || says == Nothing) {
		_, err := tx.Exec(`DELETE FROM bot_account WHERE workspace_id = ? AND author = ? AND due = ?`, r.ws, r.author, r.due)
		return r.band != bot.Unknown && r.band != bot.Unlikely || r.said != Nothing, err
	}
	figures := bot.Look(bot.Account{Declared: r.declared, Followers: r.followers, FollowersKnown: r.followers >= 0}, seen)
	v := bot.Judge(&figures)
	text, err := json.Marshal(v)
	if err != nil {
		return false, err
	}
	const write = `UPDATE bot_account SET judged = ?, band = ?, posts = ?, verdict = ?, said = ?, due = CASE WHEN due = ? THEN 0 ELSE due END WHERE workspace_id = ? AND author = ?`
	_, err = tx.Exec(write, now.UnixMicro(), string(v.Band), v.Posts, string(text), string(says), r.due, r.ws, r.author)
	return v.Band != r.band || says != r.said, err
}

// extent is how many posts of an account are kept, hidden ones too, and when the oldest
// was written, µs.
type extent struct {
	rows   int
	oldest int64
}

// look reads what is known of an account's posts.
func look(tx *db.Tx, r *row, clusters map[firstKey]first) (seen []bot.Seen, all extent, err error) {
	rows, err := tx.Query(`SELECT p.seq, p.at, p.text, p.reply, p.host, p.hidden, coalesce(t.cluster, 0) FROM bot_post p
		LEFT JOIN copy_post c ON c.workspace_id = p.workspace_id AND c.seq = p.seq
		LEFT JOIN copy_text t ON t.workspace_id = c.workspace_id AND t.id = c.text_id
		WHERE p.workspace_id = ? AND p.author = ? ORDER BY p.at, p.seq`, r.ws, r.author)
	if err != nil {
		return nil, all, err
	}
	var of []int64 // the cluster of each
	told := map[int64]int{}
	err = db.EachRow(rows, func() error {
		var s bot.Seen
		var seq hearth.Seq
		var at, cluster int64
		var hidden bool
		if err := rows.Scan(&seq, &at, &s.Text, &s.Reply, &s.Host, &hidden, &cluster); err != nil {
			return err
		}
		if all.rows++; all.rows == 1 {
			all.oldest = at
		}
		if hidden {
			return nil
		}
		s.At = db.FromMicros(at)
		if !s.Text {
			cluster = 0
		}
		seen, of = append(seen, s), append(of, cluster)
		told[cluster]++
		return nil
	})
	if err != nil {
		return nil, all, err
	}
	for i := range seen {
		if of[i] == 0 {
			continue
		}
		seen[i].Repeated = told[of[i]] > 1
		at, there, err := firstOf(tx, firstKey{r.ws, of[i]}, r.author, clusters)
		if err != nil {
			return nil, all, err
		}
		seen[i].Copied = there && at < seen[i].At.UnixMicro()
	}
	return seen, all, nil
}

// firstKey names a cluster.
type firstKey struct {
	ws      hearth.WorkspaceID
	cluster int64
}

// first is who told a text first, and when somebody else did, µs; 0: nobody.
type first struct {
	author      int64
	at, another int64
}

// heard takes in when somebody told it.
func (f *first) heard(author, at int64) {
	switch {
	case f.author == 0:
		f.author, f.at = author, at
	case author == f.author:
		f.at = min(f.at, at)
	case at < f.at:
		f.author, f.at, f.another = author, at, f.at
	case f.another == 0 || at < f.another:
		f.another = at
	}
}

// firstOf is when somebody else than an author told a text first, in words of their own.
func firstOf(tx *db.Tx, key firstKey, author int64, known map[firstKey]first) (at int64, there bool, err error) {
	f, ok := known[key]
	if !ok {
		if f, err = readFirst(tx, key); err != nil {
			return 0, false, err
		}
		known[key] = f
	}
	at = f.at
	if f.author == author {
		at = f.another
	}
	return at, at != 0, nil
}

// textsRead is how many texts of a cluster are looked at at once.
const textsRead = 20

// readFirst reads the posts of a cluster's texts, the texts that were told first before
// others, until no later one can have been told earlier: a cluster may have thousands.
func readFirst(tx *db.Tx, key firstKey) (f first, err error) {
	type text struct{ id, first int64 }
	last := text{math.MinInt64, math.MinInt64}
	for {
		var texts []text
		rows, err := tx.Query(`SELECT id, first FROM copy_text WHERE workspace_id = ?1 AND cluster = ?2 AND (first > ?3 OR first = ?3 AND id > ?4)
			ORDER BY first, id LIMIT ?5`, key.ws, key.cluster, last.first, last.id, textsRead)
		if err != nil {
			return f, err
		}
		err = db.EachRow(rows, func() error {
			err := rows.Scan(&last.id, &last.first)
			texts = append(texts, last)
			return err
		})
		if err != nil {
			return f, err
		}
		for _, t := range texts {
			if f.another != 0 && t.first >= f.another {
				return f, nil
			}
			if err := readTellers(tx, key.ws, t.id, &f); err != nil {
				return f, err
			}
		}
		if len(texts) < textsRead {
			return f, nil
		}
	}
}

// readTellers reads the two who told one text first. The bound of the time, which every
// time keeps, leads SQLite to the index of the texts; else it would read all posts of the
// workspace.
func readTellers(tx *db.Tx, ws hearth.WorkspaceID, text int64, f *first) error {
	rows, err := tx.Query(`SELECT c.author, min(c.at) FROM copy_post c
		LEFT JOIN bot_post p ON p.workspace_id = c.workspace_id AND p.seq = c.seq
		WHERE c.workspace_id = ? AND c.text_id = ? AND c.at > -9223372036854775807 AND c.hidden = 0 AND c.author <> 0 AND coalesce(p.text, 1) = 1
		GROUP BY c.author ORDER BY min(c.at), c.author LIMIT 2`, ws, text)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var author, at int64
		err := rows.Scan(&author, &at)
		f.heard(author, at)
		return err
	})
}
