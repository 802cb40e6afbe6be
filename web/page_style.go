package web

import (
	"time"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// stylePage shows every component in every state, for whoever builds pages.
type stylePage struct {
	Posts    []card
	Stats    []stat
	Chart    chart
	Lines    chart
	Facet    facet
	Empty    emptyState
	Bar      queryBar
	WrongBar queryBar
	Icons    []string
}

// style is the page of the design system. Its posts are invented.
func (web *Web) style(v *visit) error {
	at := v.now.Add(-3 * time.Hour)
	posts := []struct {
		p    hearth.Post
		hits []query.Range
	}{
		{hearth.Post{Network: "bluesky", ID: "1", URL: "https://social.example/p/1", Text: "The new coffee machine is wonderful. It woke the whole house, in a good way.",
			Author: hearth.Author{ID: "a", Name: "Maija Korhonen", Handle: "maija.example"}, Lang: "en", Published: at, Sentiment: hearth.Positive,
			Intent: []hearth.Intent{hearth.Praise}, Tags: []string{"launch"}, Engagement: hearth.Engagement{Likes: hearth.KnownCount(1204), Replies: hearth.KnownCount(31)}},
			[]query.Range{{Field: text.Text, Start: 8, End: 14}}},
		{hearth.Post{Network: "mastodon", ID: "2", URL: "https://xn--bcher-kva.example/2", Text: "Third box late \u202eylno\u202c. Does anybody at all read the complaints?\n\nI\u200bwill not order again.",
			Author: hearth.Author{ID: "b", Name: "لمى", Handle: "lama"}, Lang: "en", Published: at.Add(-26 * time.Hour), Sentiment: hearth.Negative,
			Intent: []hearth.Intent{hearth.Complaint, hearth.Asking}, Media: []hearth.Media{{Type: "image", Alt: "A dented parcel"}}, Links: []string{"https://shop.example/returns"}}, nil},
		{hearth.Post{Network: "feed", ID: "3", Title: "咖啡价格又涨了", Text: "今年第三次。", Author: hearth.Author{ID: "c", Name: "咖啡日报"}, Lang: "zh", Published: at.Add(-400 * time.Hour), Sentiment: hearth.Neutral}, nil},
	}
	p := &stylePage{
		Stats: []stat{
			{Name: v.say("stat.mentions"), Value: v.number(12843), Beside: v.say("stat.more", "share", v.percent(0.31)), Mood: "up", Explain: []string{v.say("stat.mentions.how")}},
			{Name: v.say("stat.negative"), Value: v.percent(0.18), Beside: v.say("stat.between", "low", v.percent(0.16), "high", v.percent(0.2)), Explain: []string{v.say("stat.negative.how")}},
		},
		Facet: facet{Field: "lang", Title: v.say("facet.lang"), Values: []facetValue{
			{v.language("en"), "#", 812, "", 100, true}, {v.language("de"), "#", 344, "", 42, false}, {v.language("fi"), "#", 90, "", 11, false},
		}},
		Empty:    emptyState{v.say("mentions.none.title"), v.say("mentions.none.sentence"), v.say("mentions.none.action"), "#", "coffee AND sentiment:negative"},
		Bar:      v.queryBar(look{Query: `coffee AND sentiment:negative NOT "cold brew"`}, nil),
		WrongBar: v.queryBar(look{Query: `coffee AND sentimet:negative OR tea`}, nil),
		Icons:    v.web.iconNames,
	}
	for i := range posts {
		p.Posts = append(p.Posts, v.newCard(hearth.Seq(i+1), &posts[i].p, posts[i].hits, listed))
	}
	vol := volume{step: 24 * time.Hour}
	for i, n := range []int64{40, 52, 47, 61, 180, 122, 70, 44} {
		b := volumeBin{at: vol.start(v.now.AddDate(0, 0, i-8), v.zone), all: n, negative: n / 5, positive: n / 4}
		b.neutral = n - b.negative - b.positive
		vol.bins = append(vol.bins, b)
		vol.sum.all, vol.sum.negative, vol.sum.neutral, vol.sum.positive = vol.sum.all+n, vol.sum.negative+b.negative, vol.sum.neutral+b.neutral, vol.sum.positive+b.positive
	}
	p.Chart, p.Lines = v.volumeChart(look{}, vol), v.moodChart(look{}, vol)
	return v.showCharts("style", v.say("style.title"), p)
}
