package demo

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// World is the invented world from its first post on. It is for one goroutine.
type World struct {
	People []Person

	random  *rand.Rand
	tongues map[string]*tongue
	weight  []int                    // of the people before and with each, as they are talkative
	count   int                      // posts so far
	recent  map[string][]hearth.Post // by network, the latest
	pending agenda
	roots   map[string]hearth.Post // of the stories
	began   time.Time              // the live world
	spoke   int                    // the cycle in which the brand made its last statement
}

// NewWorld is the world of a seed.
func NewWorld(seed uint64) *World {
	w := &World{
		random: rand.New(rand.NewPCG(seed, 0x6b6166666f7261)), tongues: tongues(),
		recent: map[string][]hearth.Post{}, roots: map[string]hearth.Post{},
	}
	w.People = peopleOf(w.random)
	total := 0
	for _, p := range w.People {
		total += p.Talkative
		w.weight = append(w.weight, total)
	}
	return w
}

// Event is one thing that happens.
type Event struct {
	Kind  EventKind
	At    time.Time
	Post  hearth.Post // of a deletion only Network, ID and Author; of an account only Network and Author
	Truth Truth       // of a post
}

// EventKind is what happens.
type EventKind uint8

const (
	Posted EventKind = iota
	Edited
	Deleted
	Closed  // an account is gone, and everything of it
	Renamed // Author.ID has another handle from now on
)

// everyday is how many posts people write in an hour, on average, besides the
// stories.
const everyday = 26

// History is what happened in the sixty days before now, oldest first. Days and
// nights are those of now's clock, so another now is another history; the same
// now is the same, to the letter.
func (w *World) History(now time.Time) []Event { return w.LastDays(now, HistoryDays) }

// LastDays is a history of fewer days: another one, and not the end of the long
// one.
func (w *World) LastDays(now time.Time, days int) []Event {
	now = now.Truncate(time.Second)
	begin := now.Add(-time.Duration(days) * day)
	heap.Push(&w.pending, parcelNews(firstParcelNews(begin, now)))
	var events []Event
	for h := range days * 24 {
		hour := begin.Add(time.Duration(h) * time.Hour)
		for _, a := range w.arrivals(hour, now) {
			events = w.due(events, a.at)
			events = append(events, w.happen(a))
		}
	}
	return turned(w.due(events, now))
}

// pages is how many posts a quiet site shows on its first page.
var pages = map[string]int{"reddit": 90, "wordpress": 90, "discourse": 45}

// turned leaves out what is not on the first page of a quiet site any more.
func turned(events []Event) []Event {
	shown := map[string]int{}
	kept := len(events)
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		if quiet(e.Post.Network) {
			if shown[e.Post.Network]++; shown[e.Post.Network] > pages[e.Post.Network] {
				continue
			}
		}
		kept--
		events[kept] = *e
	}
	return events[kept:]
}

// arrival is a post that is going to be written.
type arrival struct {
	at    time.Time
	about subject
	story bool
	bots  bool
}

// arrivals are the posts of an hour, by time.
func (w *World) arrivals(hour, now time.Time) []arrival {
	var list []arrival
	add := func(n float64, a arrival) {
		for range int(n + w.random.Float64()) {
			a.at = hour.Add(time.Duration(w.random.Int64N(int64(time.Hour))))
			list = append(list, a)
		}
	}
	add(everyday*w.liveliness(hour), arrival{})
	if hour.Hour() == 7 {
		add(1, arrival{about: press, story: true})
	}
	for i := range stories {
		s := &stories[i]
		since := hour.Sub(now.Add(-s.begins))
		if since >= 0 && since < s.lasts {
			add(s.rate(since.Hours()), arrival{about: s.told(since), story: true, bots: s.bots})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].at.Before(list[j].at) })
	return list
}

// wake is how much people write by the hours of their own clock, in sixteenths.
var wake = [24]int{3, 1, 1, 1, 1, 2, 6, 10, 13, 13, 12, 12, 14, 13, 11, 10, 10, 12, 13, 15, 16, 16, 13, 8}

// liveliness is how much the world writes in an hour, 1 on average.
func (w *World) liveliness(hour time.Time) float64 {
	sum := 0
	for i := range w.People {
		p := &w.People[i]
		sum += p.Talkative * wake[p.hour(hour)]
	}
	of := float64(sum) / float64(w.weight[len(w.weight)-1]) / 9
	switch hour.Weekday() {
	case time.Saturday, time.Sunday:
		return of * 0.8
	}
	return of * 1.08
}

func (p *Person) hour(at time.Time) int { return (at.UTC().Hour() + p.Zone + 24) % 24 }

// Next is what happens next, at the moment now.
func (w *World) Next(now time.Time) Event {
	if w.began.IsZero() {
		w.began = now.Add(-entering)
	}
	if len(w.pending) > 0 && !w.pending[0].At.After(now) {
		return w.pop(now)
	}
	since := now.Sub(w.began)
	round, at := int(since/cycle)+1, since%cycle
	if at >= speaks && w.spoke < round {
		w.spoke = round
		return w.happen(arrival{at: now, about: statement, story: true})
	}
	share, calmed := worry(at)
	a := arrival{at: now}
	if w.random.Float64() < share {
		if a.about, a.story = smell, true; w.random.Float64() < calmed {
			a.about = calm
		}
	}
	return w.happen(a)
}

// due adds what was to happen until a moment.
func (w *World) due(events []Event, until time.Time) []Event {
	for len(w.pending) > 0 && !w.pending[0].At.After(until) {
		events = append(events, w.pop(w.pending[0].At))
	}
	return events
}

func (w *World) pop(now time.Time) Event {
	e := heap.Pop(&w.pending).(Event)
	if e.Post.Author.Bot == hearth.True { // nobody answers it, and it answers nobody
		heap.Push(&w.pending, parcelNews(e.At.Truncate(parcelPause).Add(parcelPause)))
		return e
	}
	if e.Kind == Posted {
		e.Post.Published = now.Truncate(time.Millisecond)
		w.remember(&e.Post)
	}
	return e
}

// agenda is what is going to happen, the next first.
type agenda []Event

// Len, Less, Swap, Push and Pop are heap.Interface.
func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].At.Before(a[j].At) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

// Push is heap.Interface.
func (a *agenda) Push(e any) { *a = append(*a, e.(Event)) }

// Pop is heap.Interface.
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// happen is a post being written, and what will come of it.
func (w *World) happen(a arrival) Event {
	person := w.writer(&a)
	about := a.about
	if !a.story {
		about = w.about(person)
	}
	lang := w.lang(person, about)
	e := Event{Kind: Posted, At: a.at, Post: w.post(person, about, lang, a.at), Truth: truths[about]}
	w.relate(&e.Post, about)
	w.remember(&e.Post)
	w.consequences(&e, person, about, lang)
	return e
}

// writer is who writes it.
func (w *World) writer(a *arrival) *Person {
	switch {
	case a.bots:
		return &w.People[len(w.People)-1-w.random.IntN(bots)]
	case a.about == press:
		return &w.People[paper]
	case a.about == statement:
		return &w.People[brand]
	case a.about == viral && w.roots["kindness"].ID == "":
		return &w.People[storyteller]
	}
	return w.somebody(a.at)
}

// somebody who is likely to be awake, the talkative more often.
func (w *World) somebody(at time.Time) *Person {
	total := w.weight[len(w.weight)-1]
	var p *Person
	for range 12 {
		i, _ := slices.BinarySearch(w.weight, w.random.IntN(total)+1)
		p = &w.People[i]
		if w.random.IntN(16) < wake[p.hour(at)] {
			break
		}
	}
	return p
}

// about is what a person talks about on an ordinary day.
func (w *World) about(p *Person) subject {
	switch {
	case p.Mood == Spammer:
		return spam
	case p.Network == "hackernews":
		return tech
	case w.random.IntN(100) < 52:
		return chatter
	case w.random.IntN(100) < 60:
		switch p.Mood {
		case Fan:
			return praise
		case Grumbler:
			return complaint
		case Curious:
			return question
		case Dreamer:
			return idea
		case Buyer:
			return purchase
		}
	}
	return subject(1 + w.random.IntN(int(rival)))
}

// lang is the language that a person speaks now, of those that there are words
// in.
func (w *World) lang(p *Person, about subject) string {
	lang := p.Langs[0]
	if len(p.Langs) > 1 && w.random.IntN(5) == 0 {
		lang = p.Langs[1]
	}
	if len(w.tongues[lang].core[about]) == 0 {
		return "en"
	}
	return lang
}

func (w *World) post(p *Person, about subject, lang string, at time.Time) hearth.Post {
	w.count++
	text := w.tongues[lang].sentence(w.random, about)
	if list := feelings[about]; list != nil && w.random.IntN(3) == 0 {
		text += " " + pick(w.random, list)
	}
	if list := tags[about]; list != nil && w.random.IntN(7) == 0 {
		text += " " + pick(w.random, list)
	}
	if p.Mood != Staff && p.Mood != Paper && w.random.IntN(40) == 0 {
		text = slip(w.random, text)
	}
	post := hearth.Post{
		Network: p.Network, ID: strconv.Itoa(w.count), Author: hearth.Author{ID: p.ID, Handle: p.Handle, Name: p.Name},
		Lang: lang, Published: at.Truncate(time.Millisecond), Text: text,
	}
	switch p.Network {
	case "bluesky":
		post.ID = fmt.Sprintf("at://%s/app.bsky.feed.post/%s", p.ID, key(at, w.count))
	case "feed", "reddit", "discourse":
		post.Published = at.Truncate(time.Second)
		post.Title = headline(text)
	case "wordpress":
		post.Published = at.Truncate(time.Second)
	case "hackernews":
		post.Published = at.Truncate(time.Second)
		post.Title, post.Text = text, "" // a story; a comment has a text
	}
	for word := range strings.FieldsSeq(text) {
		if tag, ok := strings.CutPrefix(word, "#"); ok {
			post.Hashtags = append(post.Hashtags, strings.TrimRight(tag, ".,!?"))
		} else if strings.HasPrefix(word, "http://") {
			post.Links = append(post.Links, word)
		}
	}
	return post
}

// headline is the first sentence of an article.
func headline(text string) string {
	if i := strings.IndexAny(text, ".:?!"); i > 0 {
		return text[:i]
	}
	return text
}

// relate lets a post answer or quote another.
func (w *World) relate(p *hearth.Post, about subject) {
	root, told := w.roots[truths[about].Story]
	switch {
	case about == viral && told && p.Network == root.Network:
		if w.random.IntN(3) == 0 {
			p.Quotes = root.ID
		} else {
			p.InReplyTo, p.Root = root.ID, root.ID
		}
		return
	case (about == viral || about == statement) && p.Network == "bluesky":
		w.roots[truths[about].Story] = *p
		return
	case about == calm && told && p.Network == root.Network:
		p.InReplyTo, p.Root = root.ID, root.ID
		return
	}
	recent := w.recent[p.Network]
	if quiet(p.Network) || truths[about].Spam || about == press || about == viral || len(recent) == 0 || w.random.IntN(6) > 0 {
		return
	}
	to := &recent[w.random.IntN(len(recent))]
	if to.Author.ID != p.Author.ID {
		answer(p, to)
	}
}

// answer makes p a reply to another post.
func answer(p, to *hearth.Post) {
	p.InReplyTo, p.Root = to.ID, to.ID
	if to.Root != "" {
		p.Root = to.Root
	}
	if p.Network == "hackernews" {
		p.Title, p.Text = "", p.Title
	}
}

func (w *World) remember(p *hearth.Post) {
	list := append(w.recent[p.Network], *p)
	if len(list) > 60 {
		list = append(list[:0], list[1:]...)
	}
	w.recent[p.Network] = list
}

// consequences puts on the agenda what will come of a post: an answer of the
// brand, a change, a removal, the end of an account.
func (w *World) consequences(e *Event, p *Person, about subject, lang string) {
	soon := func(least, most time.Duration) time.Time {
		if !w.began.IsZero() { // live, nobody wants to wait
			least, most = least/60, most/60
		}
		return e.At.Add(least + time.Duration(w.random.Int64N(int64(most-least))))
	}
	later := func(c Event) { heap.Push(&w.pending, c) }
	bare := hearth.Post{Network: e.Post.Network, ID: e.Post.ID, Author: hearth.Author{ID: e.Post.Author.ID}}
	switch n := w.random.IntN(400); {
	case p.Mood == Bot:
		if w.random.IntN(60) == 0 {
			later(Event{Kind: Closed, At: soon(2*day, 4*day), Post: hearth.Post{Network: bare.Network, Author: bare.Author}})
		}
	case p.Mood == Staff || p.Mood == Paper || quiet(p.Network) || p.Network == "hackernews":
	case n < 2:
		later(Event{Kind: Deleted, At: soon(20*time.Minute, 9*time.Hour), Post: bare})
	case n < 5:
		c := Event{Kind: Edited, At: soon(5*time.Minute, 2*time.Hour), Post: e.Post.Clone(), Truth: e.Truth}
		c.Post.Text += " " + edits[lang]
		later(c)
	case n == 5 && w.random.IntN(12) == 0 && p.Network == "bluesky" && strings.Count(p.Handle, ".") == 1:
		p.Handle = "the." + p.Handle
		later(Event{Kind: Renamed, At: e.At.Add(time.Second), Post: hearth.Post{Network: p.Network, Author: hearth.Author{ID: p.ID, Handle: p.Handle}}})
	case e.Post.Network == "bluesky" && answered(about) && w.random.IntN(4) == 0:
		words := lang
		if len(w.tongues[words].core[official]) == 0 {
			words = "en"
		}
		c := Event{Kind: Posted, At: soon(6*time.Minute, 4*time.Hour)}
		c.Post = w.post(&w.People[brand], official, words, c.At)
		answer(&c.Post, &e.Post)
		later(c)
	}
}

// quiet says whether a site has only posts: they fit on one page, and stay as
// they are.
func quiet(site string) bool { return pages[site] > 0 }

// answered says whether the brand answers to such posts.
func answered(about subject) bool {
	switch about {
	case praise, complaint, question, idea, delay, smell:
		return true
	}
	return false
}

// edits are what people add to a post that they change.
var edits = map[string]string{
	"en": "(edit: typo)", "de": "(Nachtrag: hat sich geklärt)", "fi": "(muokattu)", "zh": "（补充）", "es": "(editado)", "fr": "(édité)", "ja": "（追記）", "pt": "(editado)",
}

// key is a TID, the record key of a post: the microseconds since 1970 and ten
// bits that tell posts of one moment apart, in base 32. Source: the AT Protocol's
// specification of record keys.
func key(at time.Time, n int) string {
	const alphabet = "234567abcdefghijklmnopqrstuvwxyz"
	v := uint64(at.UnixMicro())<<10 | uint64(n)&1023
	b := make([]byte, 13)
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = alphabet[v&31]
		v >>= 5
	}
	return string(b)
}
