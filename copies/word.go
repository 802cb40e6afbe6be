package copies

import (
	"context"

	"hearth"
	"hearth/access"
	"hearth/db"
)

const (
	mostMuted = 5000
	mostOwn   = 5000
	longestID = 512
)

// Mute takes a campaign to the end of lists, or back. It hides no post.
func (c *Copies) Mute(ctx context.Context, by access.Actor, campaign string, mute bool) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	if campaign == "" || len(campaign) > 13 {
		return hearth.Errorf(hearth.Invalid, "Name a campaign by the id that the list of campaigns gives.")
	}
	now := c.o.Clock()
	return c.o.State.Write(ctx, func(tx *db.Tx) error {
		if !mute {
			if _, err := tx.Exec(`DELETE FROM campaign_mute WHERE workspace_id = ? AND campaign = ?`, by.Workspace, campaign); err != nil {
				return err
			}
			return access.Record(tx, now, by, "campaign.unmute", access.Of("campaign", campaign), nil, nil)
		}
		var there int
		if err := tx.QueryRow(`SELECT count(*) FROM campaign_mute WHERE workspace_id = ?`, by.Workspace).Scan(&there); err != nil {
			return err
		}
		if there >= mostMuted {
			return hearth.Errorf(hearth.Invalid, "%d campaigns are muted, which is the limit.", there)
		}
		const note = `INSERT INTO campaign_mute (workspace_id, campaign, at, user_id) VALUES (?, ?, ?, ?) ON CONFLICT (workspace_id, campaign) DO NOTHING`
		if _, err := tx.Exec(note, by.Workspace, campaign, db.Micros(now), by.User); err != nil {
			return err
		}
		return access.Record(tx, now, by, "campaign.mute", access.Of("campaign", campaign), nil, nil)
	})
}

// Own says that accounts are ours or our ambassadors', or, with not, that they are
// none: whoever is may act in step and is part of no campaign. At most 500 at once.
func (c *Copies) Own(ctx context.Context, by access.Actor, accounts []Account, not bool) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	if len(accounts) == 0 || len(accounts) > 500 {
		return hearth.Errorf(hearth.Invalid, "Name one account or more, at most 500 at once.")
	}
	for i := range accounts {
		if a := &accounts[i]; a.Network == "" || len(a.Network) > 32 || a.Author == "" || len(a.Author) > longestID {
			return hearth.Errorf(hearth.Invalid, "An account is a network and an author on it: an id, or @ and a handle.")
		}
	}
	now := c.o.Clock()
	err := c.o.State.Write(ctx, func(tx *db.Tx) error {
		var there int
		if err := tx.QueryRow(`SELECT count(*) FROM campaign_own WHERE workspace_id = ?`, by.Workspace).Scan(&there); err != nil {
			return err
		}
		if !not && there+len(accounts) > mostOwn {
			return hearth.Errorf(hearth.Invalid, "There are %d accounts of ours, and there can be %d; take some away first.", there, mostOwn)
		}
		does := "campaign.own"
		for i := range accounts {
			a := &accounts[i]
			var err error
			if not {
				does = "campaign.disown"
				_, err = tx.Exec(`DELETE FROM campaign_own WHERE workspace_id = ? AND network = ? AND author = ?`, by.Workspace, a.Network, a.Author)
			} else {
				_, err = tx.Exec(`INSERT INTO campaign_own (workspace_id, network, author, at, user_id) VALUES (?, ?, ?, ?, ?)
					ON CONFLICT (workspace_id, network, author) DO NOTHING`, by.Workspace, a.Network, a.Author, db.Micros(now), by.User)
			}
			if err != nil {
				return err
			}
		}
		return access.Record(tx, now, by, does, access.Of("accounts", len(accounts)), nil, nil)
	})
	c.made.forget()
	return err
}
