package bots

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hearth"
	"hearth/analysis/bot"
	"hearth/db"
	"hearth/query"
)

// mostKnown is how many accounts of one band queries know: those with the most posts.
const mostKnown = 2000

// knownVersions is which accounts the monitors have been told.
type knownVersions struct {
	mu       sync.Mutex
	versions map[hearth.WorkspaceID]int64
}

// Follow keeps the monitors told until ctx ends; every process does.
func (b *Bots) Follow(ctx context.Context) error {
	tick := time.NewTicker(turn)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := b.Refresh(ctx); err != nil && ctx.Err() == nil {
			b.o.Log.Error("queries do not know the newest bots; they will later", "problem", err)
		}
	}
}

// Refresh tells the monitors which accounts are likely, possible and declared bots,
// where that has changed.
func (b *Bots) Refresh(ctx context.Context) error {
	b.known.mu.Lock()
	defer b.known.mu.Unlock()
	now := map[hearth.WorkspaceID]int64{}
	err := b.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT workspace_id, version FROM bot_change`) // all workspaces: the program's own loop
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			var version int64
			err := rows.Scan(&ws, &version)
			now[ws] = version
			return err
		})
	})
	if err != nil {
		return err
	}
	for ws, version := range now {
		if b.known.versions[ws] == version {
			continue
		}
		accounts, err := b.accounts(ctx, ws)
		if err != nil {
			return err
		}
		if err := b.o.Monitors.KnowAccounts(ctx, ws, accounts); err != nil {
			return fmt.Errorf("telling monitors of bots: %w", err)
		}
		if b.known.versions == nil {
			b.known.versions = map[hearth.WorkspaceID]int64{}
		}
		b.known.versions[ws] = version
	}
	return nil
}

// accounts is what queries ask for, by the words of bot:.
func (b *Bots) accounts(ctx context.Context, ws hearth.WorkspaceID) (map[string]*query.Query, error) {
	byKey := map[string]*query.Query{}
	err := b.o.Store.Read(ctx, func(tx *db.Tx) error {
		for _, ask := range [...]struct {
			word, band string
			said       Says
		}{
			{query.Likely, string(bot.Likely), Automated}, {query.Possible, string(bot.Possible), "-"},
			{query.Declared, string(bot.Declared), "-"}, {query.Human, "-", Human},
		} {
			rows, err := tx.Query(`SELECT network, account FROM bot_account
				WHERE workspace_id = ? AND (band = ? AND said = '' OR said = ?) ORDER BY posts DESC, author LIMIT ?`, ws, ask.band, string(ask.said), mostKnown)
			if err != nil {
				return err
			}
			list, order := map[string][]string{}, []string{}
			err = db.EachRow(rows, func() error {
				var a Account
				err := rows.Scan(&a.Network, &a.Author)
				if list[a.Network] == nil {
					order = append(order, a.Network)
				}
				list[a.Network] = append(list[a.Network], a.Author)
				return err
			})
			if err != nil {
				return err
			}
			if q := query.AskAccounts(list, order); q != nil {
				byKey[query.BotKey(ask.word)] = q
			}
		}
		return nil
	})
	return byKey, err
}
