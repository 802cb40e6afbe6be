package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"hearth"
	"hearth/monitor"
)

// wallPage fills a screen on a wall: nobody touches it, and it is read from
// afar. It shows the last 24 hours of the monitors that its address names.
type wallPage struct {
	Title, Lang string
	Address     string // of itself
	Live        string
	Back        string
	At          string // the time it was counted
	Boards      []wallBoard
	Bars        []wallBar
	Hours       []wallHour
	Finding     string
	Posts       []card
	None        *emptyState
}

// wallBoard is one monitor's numbers.
type wallBoard struct {
	Name, Value        string
	Beside, Mood       string
	Feelings           []compareFeeling
	Negative, Positive string
}

// wallBar is a stretch of half an hour; places are those of a picture.
type wallBar struct{ X, Width, Y, Height, BadY, BadHeight string }

type wallHour struct{ X, Label string }

const (
	wallMonitors = 4
	wallPosts    = 8
	wallStep     = 2 // quarters of an hour of a bar
)

// wall is the page, and the part of it that is fetched when something is new.
func (web *Web) wall(v *visit) error {
	p := &wallPage{Title: v.say("nav.wall"), Lang: v.lang, Back: "/", At: v.now.In(v.zone).Format("15:04")}
	list, ids, err := v.wallChosen()
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		p.None = v.noMonitors()
	} else if err := v.fillWall(p, list, ids); err != nil {
		return err
	}
	if v.part() {
		return v.block(200, "wall", "wall-body", p)
	}
	return v.block(200, "wall", "wall", p)
}

// wallChosen is the monitors of the address; none: the busiest.
func (v *visit) wallChosen() ([]monitor.Monitor, []hearth.MonitorID, error) {
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return nil, nil, err
	}
	ids := monitorsOf(v.r.URL.Query()["m"], list)
	if len(ids) == 0 {
		ids, err = v.busiest(list, wallMonitors)
	}
	return list, ids[:min(wallMonitors, len(ids))], err
}

func (v *visit) fillWall(p *wallPage, list []monitor.Monitor, ids []hearth.MonitorID) error {
	chosen := url.Values{}
	for _, id := range ids {
		chosen.Add("m", id.String())
	}
	p.Address, p.Live = "/wall?"+chosen.Encode(), "/wall/live?"+chosen.Encode()
	end := v.now.Truncate(wallStep * quarter).Add(wallStep * quarter) // bars begin at full and half hours
	series, err := v.web.o.Charts.Series(v.ctx(), v.by, monitor.SeriesSearch{
		Monitors: ids, From: end.Add(-24 * time.Hour), To: end, Step: monitor.Quarter, Split: monitor.BySentiment, Before: true, Zone: time.UTC,
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		var sum volumeBin
		var before int64
		for _, l := range series.Lines {
			if l.Monitor != id {
				continue
			}
			before += l.Before
			sum.all += l.Total
			switch hearth.Sentiment(l.Value) {
			case hearth.Positive:
				sum.positive += l.Total
			case hearth.Negative:
				sum.negative += l.Total
			default:
				sum.neutral += l.Total
			}
		}
		p.Boards = append(p.Boards, v.wallBoard(shorten(40, monitorName(list, id)), sum, before))
	}
	p.drawVolume(&series, v.zone)
	p.Finding = v.say("wall.volume")
	return v.wallStream(p, ids)
}

func (v *visit) wallBoard(name string, sum volumeBin, before int64) wallBoard {
	b := wallBoard{Name: name, Value: v.number(sum.all), Negative: "–", Positive: "–"}
	b.Beside, b.Mood = v.change(before, sum.all)
	if sum.all == 0 {
		return b
	}
	share := func(n int64) float64 { return float64(n) / float64(sum.all) }
	b.Negative, b.Positive = v.percent(share(sum.negative)), v.percent(share(sum.positive))
	x := 0.0
	for _, f := range []compareFeeling{{"negative", "", percentage(share(sum.negative))}, {"neutral", "", percentage(share(sum.neutral))}, {"positive", "", percentage(share(sum.positive))}} {
		f.X = percentage(x)
		x += map[string]float64{"negative": share(sum.negative), "neutral": share(sum.neutral), "positive": share(sum.positive)}[f.Class]
		b.Feelings = append(b.Feelings, f)
	}
	return b
}

// drawVolume draws all monitors' posts together, the negative ones below.
func (p *wallPage) drawVolume(series *monitor.Series, zone *time.Location) {
	n := (len(series.Starts) + wallStep - 1) / wallStep
	all, bad := make([]int64, n), make([]int64, n)
	for _, l := range series.Lines {
		for i, count := range l.Points {
			all[i/wallStep] += count
			if hearth.Sentiment(l.Value) == hearth.Negative {
				bad[i/wallStep] += count
			}
		}
	}
	if n == 0 {
		return
	}
	most := float64(max(1, slices.Max(all)))
	for i := range all {
		height, low := float64(all[i])/most, float64(bad[i])/most
		p.Bars = append(p.Bars, wallBar{
			X: percentage((float64(i) + 0.1) / float64(n)), Width: percentage(0.8 / float64(n)),
			Y: percentage(1 - height), Height: percentage(height - low), BadY: percentage(1 - low), BadHeight: percentage(low),
		})
		if at := series.Starts[i*wallStep].In(zone); at.Minute() < 30 && at.Hour()%4 == 0 && i < n-2 {
			p.Hours = append(p.Hours, wallHour{percentage(float64(i) / float64(n)), at.Format("15:04")})
		}
	}
}

// wallStream is the newest posts of all monitors, each once.
func (v *visit) wallStream(p *wallPage, ids []hearth.MonitorID) error {
	var newest []monitor.Mention
	for _, id := range ids {
		page, err := v.web.o.Monitors.Mentions(v.ctx(), v.by, monitor.MentionSearch{Monitor: id, Limit: wallPosts})
		if err != nil {
			return err
		}
		for _, m := range page.Mentions {
			if !slices.ContainsFunc(newest, func(there monitor.Mention) bool { return there.Seq == m.Seq }) {
				newest = append(newest, m)
			}
		}
	}
	slices.SortFunc(newest, func(a, b monitor.Mention) int {
		return cmp.Or(b.Post.Published.Compare(a.Post.Published), cmp.Compare(b.Seq, a.Seq))
	})
	for _, m := range newest[:min(wallPosts, len(newest))] {
		p.Posts = append(p.Posts, v.newCard(m.Seq, &m.Post, nil, 180))
	}
	return nil
}

// wallLive tells when the wall's monitors caught something.
func (web *Web) wallLive(v *visit) error {
	_, ids, err := v.wallChosen()
	if err != nil {
		return err
	}
	return v.stream(func(ctx context.Context, out *eventWriter) error {
		return web.o.Monitors.Follow(ctx, v.by, monitor.FollowSearch{After: monitor.Now}, func(f *monitor.Followed) error {
			if f.Mention == nil || slices.ContainsFunc(f.Mention.Monitors, func(id hearth.MonitorID) bool { return slices.Contains(ids, id) }) {
				return out.note(f)
			}
			return nil
		})
	})
}
