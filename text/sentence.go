package text

// sentenceState follows the end of a sentence (section 2.5).
type sentenceState struct {
	number uint32

	broken bool // a new sentence begins with the next token
	maybe  bool // likewise, unless that begins with a lower-case letter

	run     bool // inside a run of . ! ? and the closing marks behind it
	closed  bool // among the closing marks
	allDots bool
	dots    int
	initial bool // the run directly follows a token of a single letter
}

// breaks says whether a token whose first character is p begins a sentence.
func (s *sentenceState) breaks(p props) bool {
	return s.broken || s.maybe && !p.is(lower)
}

// sentenceOther tells the sentence of a unit that is not a letter, mark of a
// letter or emoji. The state of the scanner is still that of the unit before.
func (d *Doc) sentenceOther(r rune, p props) {
	c := &d.scan
	s := &c.end
	if r == '.' || r == '!' || r == '?' {
		if s.run && s.closed {
			d.settleSentence(p)
		}
		if !s.run {
			s.run, s.closed, s.allDots, s.dots = true, false, true, 0
			s.initial = c.touched && c.lone
		}
		s.allDots = s.allDots && r == '.'
		s.dots++
		return
	}
	if s.run && p.is(closing) {
		s.closed = true
		return
	}
	d.settleSentence(p)
	if p.is(terminator) {
		s.broken = true
	}
}

// settleSentence decides about a run that ended before a unit with p.
func (d *Doc) settleSentence(p props) {
	s := &d.scan.end
	if !s.run {
		return
	}
	s.run = false
	switch {
	case p.is(letter|mark) && !p.is(character):
	case s.allDots && s.dots == 1 && s.initial:
	case s.allDots:
		s.maybe = true
	default:
		s.broken = true
	}
}
