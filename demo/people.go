package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Person is an invented author with habits.
type Person struct {
	DID       string
	Handle    string
	Name      string
	Followers int64
	Langs     []string // the first is spoken most
	Talkative int      // how often they post, against others
	Mood      Mood
	Rises     int // hour of the day, UTC, at which they wake
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
)

// origin is where a group of people comes from.
type origin struct {
	langs []string
	share int
	first []string
	last  []string
}

var origins = []origin{
	{langs: []string{"en"}, share: 38,
		first: []string{"Mira", "Owen", "Tess", "Callum", "Priya", "Jonah", "Ada", "Felix", "Nora", "Silas", "Ivy", "Rowan", "Maeve", "Theo"},
		last:  []string{"Larkin", "Ashdown", "Bramwell", "Holloway", "Quill", "Marlowe", "Tarrant", "Fenwick", "Oakes", "Penhale"}},
	{langs: []string{"de", "en"}, share: 22,
		first: []string{"Lena", "Jonas", "Frieda", "Matthis", "Greta", "Emil", "Anke", "Torben", "Hanna", "Ruben"},
		last:  []string{"Buchwald", "Sommerfeld", "Kranich", "Eichner", "Lindgruen", "Moosbach", "Falkner", "Rosental"}},
	{langs: []string{"fi", "en"}, share: 14,
		first: []string{"Aino", "Eero", "Helmi", "Veikko", "Saima", "Onni", "Lumi", "Tapio"},
		last:  []string{"Koivula", "Rantasalo", "Metsola", "Harjula", "Suvanto", "Niemelä"}},
	{langs: []string{"zh", "en"}, share: 12,
		first: []string{"Yun", "Lan", "Bo", "Qing", "Hao", "Mei"},
		last:  []string{"Songlin", "Baihe", "Chuan", "Mingyue", "Luo"}},
	{langs: []string{"es", "en"}, share: 8,
		first: []string{"Carmela", "Inés", "Bruno", "Olalla", "Mateo"},
		last:  []string{"Robledal", "Fontana", "Arroyuelo", "Castañar"}},
	{langs: []string{"ja"}, share: 6,
		first: []string{"Haruka", "Souta", "Michi", "Ren"},
		last:  []string{"Aozora", "Kawabe", "Matsuno"}},
}

// peopleOf invents the hundred.
func peopleOf(r *rand.Rand) []Person {
	var people []Person
	taken := map[string]bool{}
	for _, o := range origins {
		for range o.share {
			people = append(people, invent(r, o, len(people), taken))
		}
	}
	for i := range people {
		switch n := i % 20; {
		case n < 5:
			people[i].Mood = Fan
		case n < 9:
			people[i].Mood = Grumbler
		case n < 12:
			people[i].Mood = Curious
		case n < 14:
			people[i].Mood = Dreamer
		case n < 16:
			people[i].Mood = Buyer
		case n == 19 && i > 60:
			people[i].Mood = Spammer
		}
	}
	return people
}

func invent(r *rand.Rand, o origin, number int, taken map[string]bool) Person {
	first, last := o.first[r.IntN(len(o.first))], o.last[r.IntN(len(o.last))]
	handle := strings.ToLower(latin.Replace(first + "-" + last))
	for n := 2; taken[handle]; n++ {
		handle = fmt.Sprintf("%s%d", strings.ToLower(latin.Replace(first+"-"+last)), n)
	}
	taken[handle] = true
	return Person{
		DID: fmt.Sprintf("did:plc:demo%020d", number+1), Handle: handle + ".example", Name: first + " " + last,
		Followers: int64(12 + r.IntN(40)*r.IntN(60)), Langs: o.langs, Talkative: 1 + r.IntN(6)*r.IntN(4), Rises: r.IntN(16),
	}
}

// latin spells names so that they can be handles.
var latin = strings.NewReplacer("ä", "a", "ö", "o", "é", "e", "ñ", "n")
