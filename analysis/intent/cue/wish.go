package cue

import (
	"strings"

	"hearth/analysis/feature"
	"hearth/text"
)

// role is what a word can do in an English sentence that suggests something. A
// word has a set of them.
type role uint32

const (
	leads   role = 1 << iota // may stand before an order: and, also, just
	pleads                   // please
	changes                  // what is asked for, as an order: add, allow, enable
	alters                   // likewise, but only behind please, should or could you: use, put, be
	modal                    // would, could
	be                       // be, have been
	good                     // nice, useful
	aims                     // what a wish that something "would be nice" goes on with: if, to
	should                   // should, must
	done                     // what should be: added, supported
	likes                    // love, like, prefer
	we                       // who wishes
	self                     // I: what I should do is no suggestion
	will                     // "will be great" suggests only with if
	needs                    // need, needs
	others                   // whom it is for or who is asked: users, you
	vague                    // that, this: "that would be nice" wishes for nothing
	own                      // me, your: what is asked for is not a change of the product
	gives                    // give, let: only "give us" suggests
	whether                  // if
	have                     // should have been: it is too late
	thing                    // a, an, the, more, option: what is wished for
)

// roles are written for this package. Adverbs are skipped.
var roles = map[role]string{
	leads:   "and or also so but maybe perhaps then either instead simply ideally alternatively finally secondly lastly first second third next thus therefore otherwise again dear hi hello guys least at to",
	pleads:  "please pls plz kindly",
	changes: "add allow enable provide implement expose include integrate introduce extend give let improve increase expand remove support bring make create change simplify reduce restore replace merge release separate rename consider offer publish port unify",
	alters:  "put use show keep set return display ensure update open stop move build do have don get hide turn switch develop revise enhance combine define respect handle treat work redesign rethink lower raise limit export import sync save sort filter",
	modal:   "would could might d",
	be:      "be",
	good:    "nice great good cool awesome better helpful useful handy fantastic perfect ideal wonderful amazing beneficial best nicer easier neat excellent lovely super brilliant welcome convenient greater preferable sweet interesting improvement killer appreciated benefit advantage plus",
	aims:    "if to for when having idea addition feature improvement thing option",
	should:  "should must ought",
	done:    "able possible available fixed easy the one notified optional configurable customizable easier simpler better added supported allowed included improved changed enabled removed extended shown displayed implemented exposed provided given made integrated introduced increased expanded updated replaced reduced simplified offered merged separated renamed an a more",
	likes:   "love like prefer appreciate",
	we:      "i we",
	self:    "i",
	will:    "will",
	needs:   "need needs require requires",
	others:  "us users user you developers developer people customers everyone apps app them they devs the it there",
	vague:   "that this it which they these things he she",
	own:     "me your my yourself myself sure up love him her his our friends fun someone",
	gives:   "give let",
	whether: "if",
	have:    "have",
	thing:   "a an the more some option support better ability possibility way if it that for",
}

const skipped = "t really very so much even also just too at all always only still definitely certainly probably absolutely quite extremely truly highly greatly incredibly personally strongly not never now both possibly somehow either least far super most fully easily quickly directly simply automatically"

// grammar are the roles of words.
type grammar struct {
	words *feature.Lexicon // its values number the sets
	sets  []role
}

func newGrammar() (*grammar, error) {
	sets := map[string]role{}
	var order []string
	for r := leads; r <= thing; r <<= 1 {
		for _, word := range strings.Fields(roles[r]) {
			if sets[word] == 0 {
				order = append(order, word)
			}
			sets[word] |= r
		}
	}
	for _, word := range strings.Fields(skipped) {
		if sets[word] == 0 {
			order = append(order, word)
		}
	}
	g := &grammar{sets: []role{0, 0}}
	numbers := map[role]int8{0: 1}
	var entries []feature.Entry
	for _, word := range order {
		set := sets[word]
		if _, ok := numbers[set]; !ok {
			numbers[set] = int8(len(g.sets))
			g.sets = append(g.sets, set)
		}
		entries = append(entries, feature.Entry{Lang: "en", Phrase: word, Value: numbers[set]})
	}
	var err error
	g.words, err = feature.ReadLexicon(feature.MakeLexicon(entries))
	return g, err
}

// of is the word's roles, and whether it is an adverb to skip.
func (g *grammar) of(doc *text.Doc, words []feature.Word, i int) (r role, adverb bool) {
	number, taken := g.words.Longest(doc, words[:i+1], i, english)
	if taken == 0 {
		return 0, false
	}
	return g.sets[number], g.sets[number] == 0
}

// wish is what is known of an English sentence being read. Adverbs are not
// counted as words.
type wish struct {
	words     int
	started   bool // a word stood that cannot stand before an order
	condition bool // "if" stood
	before    role // of the word before
	subject   role // of the word before the last would, should or need
	pending   int  // form that holds if what follows is not one's own
	gives     bool // the verb of the pending form needs somebody or something behind it

	// Numbers of the last word of a role, where it could continue a form.
	plead, could, should, need, we, likes int
	modal, be, good                       int // would, would be, would be good
	will, willBe, willBeGood              int
}

// near says whether a word stands at most so many words back.
func (s *wish) near(at, words int) bool { return at != 0 && s.words-at <= words }

// read reads the next word and returns the forms that are complete with it.
func (s *wish) read(r role) int {
	s.words++
	forms := s.confirm(r) | s.verbs(r)
	forms |= s.needing(r, forms)
	forms |= s.nice(r) | s.liking(r)
	s.remember(r)
	return forms
}

// confirm is the pending form, if the word lets it hold.
func (s *wish) confirm(r role) (form int) {
	if r&own == 0 && (!s.gives || r&(others|thing) != 0) {
		form = s.pending
	}
	s.pending, s.gives = 0, false
	return form
}

// verbs knows orders and what should be done.
func (s *wish) verbs(r role) (forms int) {
	verb := r&(changes|alters) != 0
	switch {
	case !s.started && r&changes != 0:
		s.pending, s.gives = Ordered, r&gives != 0
	case verb && s.near(s.plead, 3):
		s.pending, s.gives = Asked, r&gives != 0
	case verb && s.near(s.could, 3):
		s.pending, s.gives = Could, r&gives != 0
	case verb && s.near(s.should, 2) && s.subject&self == 0:
		s.pending, s.gives = Should, r&have != 0
	case r&done != 0 && s.near(s.be, 2) && s.near(s.should, 3):
		return Should
	case r&done != 0 && r&good == 0 && s.near(s.be, 2) && s.near(s.modal, 3) && s.subject&(vague|self) == 0:
		return Improved
	}
	return 0
}

// needing knows what others need or should, where the forms found so far do not
// say it better.
func (s *wish) needing(r role, found int) (forms int) {
	if s.subject&self != 0 {
		return 0
	}
	if s.should > 1 && s.near(s.should, 1) && found&Should == 0 && r&(we|others|have|own) == 0 {
		forms |= Ought
	}
	if s.need > 1 && s.near(s.need, 1) && r&thing != 0 {
		forms |= Needing
	}
	return forms
}

// nice knows what would or will be good.
func (s *wish) nice(r role) (forms int) {
	if r&whether != 0 && s.near(s.willBe, 6) && s.near(s.willBeGood, 4) {
		forms = Nice
	}
	if r&good != 0 && s.near(s.willBe, 4) {
		s.willBeGood = s.words
	}
	if r&good != 0 && s.near(s.be, 3) && s.near(s.modal, 5) {
		s.good = s.words
		if s.condition || s.subject&vague == 0 {
			forms = Nice
		}
	}
	if r&aims != 0 && s.near(s.good, 3) {
		forms = Nice
	}
	return forms
}

// liking knows what I would like.
func (s *wish) liking(r role) (forms int) {
	if r&(thing|aims) != 0 && s.near(s.likes, 2) {
		forms = Liking
	}
	if r&likes != 0 && s.near(s.modal, 1) && s.near(s.we, 2) {
		s.likes = s.words
	}
	return forms
}

// remember keeps what the words behind this one need to know of it.
func (s *wish) remember(r role) {
	if r&others != 0 && s.near(s.modal, 1) {
		s.could = s.words
	}
	if r&be != 0 && (s.near(s.modal, 2) || s.near(s.should, 2)) {
		s.be = s.words
	}
	if r&be != 0 && s.near(s.will, 2) {
		s.willBe = s.words
	}
	if r&(modal|should|needs) != 0 {
		s.subject = s.before
	}
	for _, last := range [...]struct {
		of role
		at *int
	}{{modal, &s.modal}, {will, &s.will}, {should, &s.should}, {needs, &s.need}, {we, &s.we}, {pleads, &s.plead}} {
		if r&last.of != 0 {
			*last.at = s.words
		}
	}
	s.condition = s.condition || r&whether != 0
	s.started = s.started || r&(leads|pleads) == 0
	s.before = r
}
