package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"hearth"
)

// World is the invented world from its first post on. It is for one goroutine.
type World struct {
	People []Person

	random *rand.Rand
	total  int // of everybody's Talkative
	count  int // posts so far
	recent []hearth.Post
}

// NewWorld is the world of a seed.
func NewWorld(seed uint64) *World {
	w := &World{random: rand.New(rand.NewPCG(seed, 0x6b6166666f7261))}
	w.People = peopleOf(w.random)
	for _, p := range w.People {
		w.total += p.Talkative
	}
	return w
}

// Event is one thing that happens.
type Event struct {
	Kind EventKind
	Post hearth.Post // of a deletion only ID and Author.ID
}

// EventKind is what happens.
type EventKind uint8

const (
	Posted EventKind = iota
	Edited
	Deleted
)

// The past of the world.
const (
	HistoryEvents = 2400
	historyDays   = 7
	smellHours    = 20 // since when the machine smells
)

// History is what happened in the week before now, oldest first. But for its
// times it is the same at whatever time of day it is asked for.
func (w *World) History(now time.Time) []Event {
	events := make([]Event, 0, HistoryEvents)
	begin := now.Add(-historyDays * 24 * time.Hour)
	step := now.Sub(begin) / HistoryEvents
	for i := range HistoryEvents {
		at := begin.Add(time.Duration(i)*step + time.Duration(w.random.Int64N(int64(step))))
		since := at.Sub(now.Add(-smellHours * time.Hour))
		events = append(events, w.next(at, at.Sub(begin), since))
	}
	return events
}

// Next is what happens next, at the moment now; the machine smells ever more.
func (w *World) Next(now time.Time) Event {
	return w.next(now, now.Sub(now.Truncate(24*time.Hour)), smellHours*time.Hour+time.Duration(w.count-HistoryEvents)*time.Minute)
}

// next is one event at a moment and a time of day; since says for how long the
// machine has smelled.
func (w *World) next(at time.Time, day, since time.Duration) Event {
	switch n := w.random.IntN(300); {
	case n == 0 && len(w.recent) > 10:
		gone := w.takeBack()
		return Event{Kind: Deleted, Post: hearth.Post{Network: "bluesky", ID: gone.ID, Author: hearth.Author{ID: gone.Author.ID}}}
	case n == 1 && len(w.recent) > 10:
		p := w.recent[w.random.IntN(len(w.recent))].Clone()
		p.Text += " (edited)"
		return Event{Kind: Edited, Post: p}
	}
	p := w.post(at, day, since)
	if w.recent = append(w.recent, p); len(w.recent) > 60 {
		w.recent = append(w.recent[:0], w.recent[1:]...)
	}
	return Event{Kind: Posted, Post: p}
}

// takeBack is a recent post that its author removes.
func (w *World) takeBack() hearth.Post {
	i := w.random.IntN(len(w.recent))
	p := w.recent[i]
	w.recent = append(w.recent[:i], w.recent[i+1:]...)
	return p
}

func (w *World) post(at time.Time, day, since time.Duration) hearth.Post {
	person := w.somebody(int(day.Hours()))
	about := w.about(person, since)
	lang := w.tongue(person, about)
	w.count++
	p := hearth.Post{
		Network: "bluesky", ID: fmt.Sprintf("at://%s/app.bsky.feed.post/%s", person.DID, key(w.count)),
		Author: hearth.Author{ID: person.DID}, Lang: lang, Published: at.Truncate(time.Millisecond),
		Text: w.sentence(about, lang),
	}
	w.answer(&p, about)
	for _, word := range strings.Fields(p.Text) {
		if tag, ok := strings.CutPrefix(word, "#"); ok {
			p.Hashtags = append(p.Hashtags, strings.TrimRight(tag, ".,!?"))
		} else if strings.HasPrefix(word, "http://") {
			p.Links = append(p.Links, word)
		}
	}
	return p
}

// awake is the hours of the day that people are.
const awake = 17

// somebody who is awake, the talkative more often.
func (w *World) somebody(hour int) *Person {
	for range 8 {
		n := w.random.IntN(w.total)
		for i := range w.People {
			if n -= w.People[i].Talkative; n < 0 {
				if (hour%24-w.People[i].Rises+24)%24 < awake {
					return &w.People[i]
				}
				break
			}
		}
	}
	return &w.People[w.random.IntN(len(w.People))]
}

// about is what a person talks about just now.
func (w *World) about(p *Person, since time.Duration) subject {
	if p.Mood == Spammer {
		return spam
	}
	if since > 0 && w.random.Float64() < min(0.4, 0.05+since.Hours()/60) {
		return smell
	}
	if w.random.IntN(100) < 55 {
		return chatter
	}
	if w.random.IntN(100) < 60 {
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

// tongue is the language that a person speaks now, of those that there are
// words in.
func (w *World) tongue(p *Person, about subject) string {
	lang := p.Langs[0]
	if len(p.Langs) > 1 && w.random.IntN(4) == 0 {
		lang = p.Langs[1]
	}
	if _, ok := phrases[about][lang]; !ok {
		return "en"
	}
	return lang
}

func (w *World) sentence(about subject, lang string) string {
	list := phrases[about][lang]
	s := list[w.random.IntN(len(list))]
	s = strings.ReplaceAll(s, "{b}", w.name(lang))
	s = strings.ReplaceAll(s, "{x}", rivalName)
	if emoji := feelings[about]; emoji != nil && w.random.IntN(3) == 0 {
		s += " " + emoji[w.random.IntN(len(emoji))]
	}
	return s
}

// name is what somebody calls the brand.
func (w *World) name(lang string) string {
	n := names[w.random.IntN(len(names))]
	if lang != "en" {
		n = strings.TrimSuffix(strings.TrimPrefix(n, "the "), " app")
	}
	return n
}

var feelings = [subjects][]string{
	praise: {"😍", "☕️", "👏", "🥰"}, complaint: {"😡", "😤", "👎"}, question: {"🤔"}, idea: {"💡"}, purchase: {"🛒", "🤩"}, smell: {"😱", "🔥", "😟"},
}

// answer lets some posts answer an earlier one.
func (w *World) answer(p *hearth.Post, about subject) {
	if about == spam || len(w.recent) == 0 || w.random.IntN(6) > 0 {
		return
	}
	to := &w.recent[w.random.IntN(len(w.recent))]
	p.InReplyTo, p.Root = to.ID, to.ID
	if to.Root != "" {
		p.Root = to.Root
	}
}

// key is a record key in the form of a TID.
func key(n int) string {
	const alphabet = "234567abcdefghijklmnopqrstuvwxyz"
	b := []byte("3kd2222222222")
	for i := len(b) - 1; n > 0; i-- {
		b[i] = alphabet[n%len(alphabet)]
		n /= len(alphabet)
	}
	return string(b)
}
