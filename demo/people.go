package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Person is an invented author with habits.
type Person struct {
	Network   string // where they write
	ID        string // on the network
	Handle    string
	Name      string
	Followers int64
	Langs     []string // the first is spoken most
	Talkative int      // how often they post, against others
	Mood      Mood
	Zone      int // hours that their clock is ahead of UTC
}

// Mood is what a person mostly says about brands.
type Mood uint8

const (
	Chatty   Mood = iota // seldom about brands at all
	Fan                  // praises
	Grumbler             // complains
	Curious              // asks
	Dreamer              // has ideas
	Buyer                // wants to have
	Spammer
	Bot   // of the copied giveaway; silent else
	Staff // speaks for the brand
	Paper // the trade's
)

// origin is where a group of people comes from.
type origin struct {
	langs []string
	share int
	zones []int
	first []string
	last  []string
}

var origins = []origin{
	{langs: []string{"en"}, share: 124, zones: []int{0, 0, -5, -8, 10},
		first: []string{"Mira", "Owen", "Tess", "Callum", "Priya", "Jonah", "Ada", "Felix", "Nora", "Silas", "Ivy", "Rowan", "Maeve", "Theo", "Imogen", "Desmond", "Fern", "Caleb"},
		last:  []string{"Larkin", "Ashdown", "Bramwell", "Holloway", "Quill", "Marlowe", "Tarrant", "Fenwick", "Oakes", "Penhale", "Thistlewood", "Garrow"}},
	{langs: []string{"de", "en"}, share: 84, zones: []int{1},
		first: []string{"Lena", "Jonas", "Frieda", "Matthis", "Greta", "Emil", "Anke", "Torben", "Hanna", "Ruben", "Wiebke", "Konrad"},
		last:  []string{"Buchwald", "Sommerfeld", "Kranich", "Eichner", "Lindgruen", "Moosbach", "Falkner", "Rosental", "Habermehl"}},
	{langs: []string{"fi", "en"}, share: 54, zones: []int{2},
		first: []string{"Aino", "Eero", "Helmi", "Veikko", "Saima", "Onni", "Lumi", "Tapio", "Kerttu"},
		last:  []string{"Koivula", "Rantasalo", "Metsola", "Harjula", "Suvanto", "Niemelä", "Kallioinen"}},
	{langs: []string{"zh", "en"}, share: 50, zones: []int{8},
		first: []string{"Yun", "Lan", "Bo", "Qing", "Hao", "Mei", "Zhou", "Ting"},
		last:  []string{"Songlin", "Baihe", "Chuan", "Mingyue", "Luo", "Hesheng", "Yuting"}},
	{langs: []string{"es", "en"}, share: 22, zones: []int{1, -5},
		first: []string{"Carmela", "Inés", "Bruno", "Olalla", "Mateo", "Lucía"},
		last:  []string{"Robledal", "Fontana", "Arroyuelo", "Castañar", "Valdeoca"}},
	{langs: []string{"fr", "en"}, share: 16, zones: []int{1},
		first: []string{"Élise", "Bastien", "Odile", "Rémi", "Manon"},
		last:  []string{"Corbelin", "Vaucresson", "Delorme", "Bellerive"}},
	{langs: []string{"ja"}, share: 14, zones: []int{9},
		first: []string{"Haruka", "Souta", "Michi", "Ren", "Aoi"},
		last:  []string{"Aozora", "Kawabe", "Matsuno", "Hoshii"}},
	{langs: []string{"pt", "en"}, share: 10, zones: []int{0, -3},
		first: []string{"Beatriz", "Tiago", "Leonor", "Duarte"},
		last:  []string{"Montalvo", "Ribeirinho", "Serrano"}},
}

// The people who are somebody in the stories, by their place in World.People.
const (
	brand       = iota // Kaffora itself
	paper              // The Roast Ledger
	storyteller        // whose small story goes round
	rivalVoice         // Brightbean itself
	extras
)

const bots = 40

// peopleOf invents everybody.
func peopleOf(r *rand.Rand) []Person {
	people := []Person{
		brand:       {Network: "bluesky", Handle: "kaffora.example", Name: "Kaffora", Followers: 5_400, Langs: []string{"en"}, Mood: Staff, Zone: 1},
		paper:       {Network: "feed", Handle: "roast-ledger", Name: "The Roast Ledger", Langs: []string{"en"}, Mood: Paper},
		storyteller: {Network: "bluesky", Handle: "lotte-ahrens.example", Name: "Lotte Ahrens", Followers: 1_840, Langs: []string{"en", "de"}, Talkative: 6, Mood: Fan, Zone: 1},
		rivalVoice:  {Network: "bluesky", Handle: "brightbean.example", Name: "Brightbean", Followers: 8_100, Langs: []string{"en"}, Mood: Staff},
	}
	taken := map[string]bool{"lotte-ahrens": true}
	for _, o := range origins {
		for range o.share {
			people = append(people, invent(r, &o, len(people)-extras, taken))
		}
	}
	for n := range bots {
		people = append(people, Person{
			Network: "bluesky", Handle: fmt.Sprintf("deal-owl-%02d.example", n+1), Name: fmt.Sprintf("Deal Owl %d", n+1),
			Followers: int64(r.IntN(9)), Langs: []string{"en"}, Mood: Bot,
		})
	}
	for i := range people {
		if p := &people[i]; p.Network == "bluesky" {
			p.ID = fmt.Sprintf("did:plc:demo%020d", i+1)
		} else {
			p.ID = p.Handle
		}
	}
	return people
}

func invent(r *rand.Rand, o *origin, number int, taken map[string]bool) Person {
	first, last := o.first[r.IntN(len(o.first))], o.last[r.IntN(len(o.last))]
	handle := strings.ToLower(latin.Replace(first + "-" + last))
	for n := 2; taken[handle]; n++ {
		handle = fmt.Sprintf("%s%d", strings.ToLower(latin.Replace(first+"-"+last)), n)
	}
	taken[handle] = true
	p := Person{
		Network: "bluesky", Handle: handle + ".example", Name: first + " " + last,
		Followers: int64(12 + r.IntN(40)*r.IntN(60)), Langs: o.langs, Talkative: 1 + r.IntN(6)*r.IntN(4),
		Mood: moodOf(number), Zone: o.zones[r.IntN(len(o.zones))],
	}
	switch {
	case number%5 == 2:
		p.Network, p.Handle = "mastodon", strings.ReplaceAll(handle, "-", "_")
	case number < 120 && number%12 == 7: // some who speak English
		p.Network, p.Handle, p.Talkative = "hackernews", strings.ReplaceAll(handle, "-", ""), 1
	case number < 120 && number%24 == 10:
		p.Network, p.Handle, p.Talkative = "reddit", strings.ReplaceAll(handle, "-", "_"), 1
	case number < 120 && number%48 == 20:
		p.Network, p.Handle, p.Talkative = "wordpress", handle, 1
	case number < 120 && number%48 == 33:
		p.Network, p.Handle, p.Talkative = "discourse", strings.ReplaceAll(handle, "-", "_"), 1
	}
	return p
}

func moodOf(number int) Mood {
	switch n := number % 20; {
	case n < 5:
		return Fan
	case n < 9:
		return Grumbler
	case n < 12:
		return Curious
	case n < 14:
		return Dreamer
	case n < 16:
		return Buyer
	case n == 19 && number%60 == 59:
		return Spammer
	}
	return Chatty
}

// latin spells names so that they can be handles.
var latin = strings.NewReplacer("ä", "a", "ö", "o", "é", "e", "É", "e", "ñ", "n", "í", "i")
