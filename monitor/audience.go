package monitor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// fewest is how many different people must have written before anything is said
// about them together.
const fewest = 10

// Audience is what is known of the people who wrote what a monitor caught,
// together: nothing is said of fewer than ten.
type Audience struct {
	From, To time.Time // as it was counted
	People   int64     // different authors
	Posts    int64
	Upto     hearth.Seq

	// TooFew says that fewer than ten people wrote; then nothing else is there.
	TooFew bool

	Hours     [7][24]int64 // posts by day of the week, from Monday, and hour, by the clock of the zone
	Languages []Share
	Networks  []Share
	Hashtags  []Top // what else they talk about
	Hosts     []Top // and link to

	// Held is how many values were held back because fewer than ten people are
	// behind them among the newest Looked posts.
	Held   int
	Looked int64
}

// Share is a part of an audience's posts.
type Share struct {
	Value string // "": not known
	Posts int64
	Query string
}

// AudienceSearch says whose audience is wanted.
type AudienceSearch struct {
	Monitor  hearth.MonitorID
	From, To time.Time      // zero: no bound
	Zone     *time.Location // of hours and days; nil: UTC
}

const (
	audienceTops   = 20
	audienceLooked = 3000
)

// Audience says when, where, in which languages and about what else the authors
// of a monitor's posts write.
func (c *Charts) Audience(ctx context.Context, by access.Actor, s AudienceSearch) (a Audience, err error) {
	if err := c.exist(ctx, by, []hearth.MonitorID{s.Monitor}); err != nil {
		return a, err
	}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	err = c.m.o.Store.Read(ctx, func(tx *db.Tx) error { return a.read(tx, by.Workspace, &s) })
	return a, err
}

func (a *Audience) read(tx *db.Tx, ws hearth.WorkspaceID, s *AudienceSearch) error {
	if err := tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&a.Upto); err != nil {
		return err
	}
	names, err := countNames(tx, ws, s.Monitor, s.From, s.To)
	if err != nil {
		return err
	}
	a.From, a.To = db.FromMicros(names.from), db.FromMicros(names.to)
	if a.People = names.different(authorName); a.People < fewest {
		a.People, a.TooFew = 0, true
		return nil
	}
	people, err := whoSays(tx, ws, s.Monitor, names.from, names.to)
	if err != nil {
		return err
	}
	a.Looked = people.looked
	languages, err := readAxis(tx, ws, ByLanguage)
	if err != nil {
		return err
	}
	networks, err := readAxis(tx, ws, ByNetwork)
	if err != nil {
		return err
	}
	byLanguage, byNetwork := make([]int64, len(languages.values)), make([]int64, len(networks.values))
	last, hour := int64(-maxQuarter), new(int64)
	err = eachCount(tx, ws, s.Monitor, quarterOf(names.from), quarterOf(names.to-1)+1, func(quarter, dimension, posts int64) error {
		if quarter != last {
			at := quarterTime(quarter).In(s.Zone)
			last, hour = quarter, &a.Hours[(int(at.Weekday())+6)%7][at.Hour()]
		}
		*hour += posts
		a.Posts += posts
		languages.add(byLanguage, dimension, posts)
		networks.add(byNetwork, dimension, posts)
		return nil
	})
	if err != nil {
		return err
	}
	a.Languages = a.shares(ByLanguage, languages, byLanguage, people)
	a.Networks = a.shares(ByNetwork, networks, byNetwork, people)
	if a.Hashtags, err = a.tops(tx, ws, names.top(hashtagName, audienceTops), people); err != nil {
		return err
	}
	a.Hosts, err = a.tops(tx, ws, names.top(hostName, audienceTops), people)
	return err
}

// shares keeps the values that enough people are behind.
func (a *Audience) shares(by Dimension, values *axis, posts []int64, people *speakers) []Share {
	behind := make([]map[int64]bool, len(values.values))
	for dimension, authors := range people.dimensions {
		if dimension >= int64(len(values.one)) || values.one[dimension] < 0 {
			continue
		}
		i := values.one[dimension]
		if behind[i] == nil {
			behind[i] = map[int64]bool{}
		}
		for author := range authors {
			behind[i][author] = true
		}
	}
	list := []Share{}
	for i, n := range posts {
		switch {
		case n == 0:
		case len(behind[i]) < fewest:
			a.Held++
		default:
			sh := Share{Value: values.values[i], Posts: n}
			if sh.Value != "" {
				sh.Query = selecting(by, sh.Value)
			} else {
				sh.Query = without(by, slices.DeleteFunc(slices.Clone(values.values), func(v string) bool { return v == "" }))
			}
			list = append(list, sh)
		}
	}
	slices.SortFunc(list, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Posts, a.Posts), cmp.Compare(a.Value, b.Value)) })
	return list
}

func (a *Audience) tops(tx *db.Tx, ws hearth.WorkspaceID, list []idCount, people *speakers) ([]Top, error) {
	enough := slices.DeleteFunc(slices.Clone(list), func(one idCount) bool { return len(people.names[one.id]) < fewest })
	a.Held += len(list) - len(enough)
	return readTops(tx, ws, enough)
}

// speakers is which authors are behind names and combinations of dimensions.
type speakers struct {
	looked     int64
	names      map[int64]map[int64]bool // author by name
	dimensions map[int64]map[int64]bool
}

// whoSays looks at the newest mentions of a time.
func whoSays(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64) (*speakers, error) {
	p := &speakers{names: map[int64]map[int64]bool{}, dimensions: map[int64]map[int64]bool{}}
	rows, err := tx.Query(`
		SELECT t.dimension_id, t.names FROM mention m JOIN tally t ON t.workspace_id = m.workspace_id AND t.seq = m.seq
		WHERE m.workspace_id = ? AND m.monitor_id = ? AND m.at >= ? AND m.at < ? ORDER BY m.at DESC LIMIT ?`, ws, id, from, to, audienceLooked)
	if err != nil {
		return nil, err
	}
	note := func(m map[int64]map[int64]bool, key, author int64) {
		set := m[key]
		if set == nil {
			set = map[int64]bool{}
			m[key] = set
		}
		set[author] = true
	}
	return p, db.EachRow(rows, func() error {
		var dimension int64
		var packed []byte
		if err := rows.Scan(&dimension, &packed); err != nil {
			return err
		}
		ids, err := unpackIDs(packed)
		if err != nil {
			return err
		}
		p.looked++
		i := slices.IndexFunc(ids, func(id int64) bool { return kindOf(id) == authorName })
		if i < 0 {
			return nil
		}
		note(p.dimensions, dimension, ids[i])
		for _, id := range ids {
			if id != ids[i] {
				note(p.names, id, ids[i])
			}
		}
		return nil
	})
}
