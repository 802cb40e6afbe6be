package query

import (
	"cmp"
	"fmt"
	"slices"
)

// Diagnostic is one problem of a query (section 7).
type Diagnostic struct {
	Code       Code     `json:"code"`
	Severity   Severity `json:"severity"`
	Offset     int      `json:"offset"` // byte of the query as it was sent
	Message    string   `json:"message"`
	Suggestion string   `json:"suggestion,omitempty"` // the name of a field that was probably meant
}

// Severity tells errors, with which there is no query, from warnings.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Code names a kind of problem.
type Code string

const (
	EmptyQuery          Code = "empty-query"
	InvalidUTF8         Code = "invalid-utf8"
	TooLong             Code = "too-long"
	TooManyTerms        Code = "too-many-terms"
	TooDeep             Code = "too-deep"
	TooCostly           Code = "too-costly"
	UnclosedQuote       Code = "unclosed-quote"
	UnclosedBrace       Code = "unclosed-brace"
	UnclosedComment     Code = "unclosed-comment"
	UnmatchedBracket    Code = "unmatched-bracket"
	EmptyBrackets       Code = "empty-brackets"
	MissingOperand      Code = "missing-operand"
	MixedOperators      Code = "mixed-operators"
	PureNegative        Code = "pure-negative"
	BadNear             Code = "bad-near"
	BadNearOperand      Code = "bad-near-operand"
	BadTilde            Code = "bad-tilde"
	TooManyWords        Code = "too-many-words"
	LeadingWildcard     Code = "leading-wildcard"
	ShortWildcard       Code = "short-wildcard"
	TooManyWildcards    Code = "too-many-wildcards"
	WildcardInExact     Code = "wildcard-in-exact"
	EmptyTerm           Code = "empty-term"
	UnexpectedCharacter Code = "unexpected-character"
	UnknownField        Code = "unknown-field"
	UnsupportedField    Code = "unsupported-field"
	UnknownList         Code = "unknown-list"
	StoredOnly          Code = "stored-only"
	MissingValue        Code = "missing-value"
	SpaceBeforeColon    Code = "space-before-colon"
	MissingColon        Code = "missing-colon"
	BadValue            Code = "bad-value"
	BadRange            Code = "bad-range"
	FieldList           Code = "field-list"
	NestedField         Code = "nested-field"

	ImplicitAnd       Code = "implicit-and"
	LowercaseOperator Code = "lowercase-operator"
	TildeOneWord      Code = "tilde-one-word"
	WildcardIgnored   Code = "wildcard-ignored"
	QuestionMark      Code = "question-mark"
	LostPunctuation   Code = "lost-punctuation"
	TypographicQuotes Code = "typographic-quotes"
	BroadQuery        Code = "broad-query"
	CostlyQuery       Code = "costly-query"
)

// Severity is Error or Warning.
func (c Code) Severity() Severity {
	switch c {
	case ImplicitAnd, LowercaseOperator, TildeOneWord, WildcardIgnored, QuestionMark,
		LostPunctuation, TypographicQuotes, BroadQuery, CostlyQuery:
		return Warning
	}
	return Error
}

// sentences says each problem to a person. Where a code has several, the place
// that reports it brings its own.
var sentences = map[Code]string{
	EmptyQuery:          "The query is empty.",
	InvalidUTF8:         "The query is not valid UTF-8 here.",
	TooLong:             "The query is longer than 1,048,576 bytes.",
	TooManyTerms:        "The query has more terms than 50,000.",
	TooDeep:             "The query nests deeper than 100 brackets and NOTs.",
	TooCostly:           "The query costs %s points; the limit is 400,000.",
	UnclosedQuote:       "This is never closed.",
	UnclosedBrace:       "This is never closed.",
	UnclosedComment:     "This is never closed.",
	UnmatchedBracket:    "This bracket is never closed.",
	EmptyBrackets:       "These brackets are empty.",
	MissingOperand:      "Something must stand after this operator.",
	MixedOperators:      "Use one kind of operator within a pair of brackets; bracket the parts that belong together.",
	PureNegative:        "This part only says what must be absent; add something that must be present.",
	BadNear:             "Write NEAR/n or ONEAR/n with n from 0 to 1000.",
	BadNearOperand:      "NEAR and SENTENCE join words, phrases, or a bracketed list of them joined by OR.",
	BadTilde:            "~ and a number (one to four digits, at most 1000) must directly follow a quoted phrase.",
	TooManyWords:        "A phrase with ~ may have at most 8 words.",
	LeadingWildcard:     "A wildcard cannot begin a word.",
	ShortWildcard:       "* needs at least two characters before it.",
	TooManyWildcards:    "A word may hold at most 8 wildcards.",
	WildcardInExact:     "Braces take no wildcards.",
	EmptyTerm:           `Nothing here can be searched; write punctuation as raw:"…".`,
	UnexpectedCharacter: "“%s” has no meaning here.",
	UnknownField:        "There is no field “%s”.",
	UnsupportedField:    "There is no field “%s”.",
	UnknownList:         "There is no list “%s”; make it first, or choose one that is there.",
	StoredOnly:          "%s: looks at what is found out of posts after they are stored; searches take it, but not what judges posts as they arrive, such as monitors and rules.",
	MissingValue:        "%s: needs a value directly after the colon.",
	SpaceBeforeColon:    "No space may stand before the colon.",
	MissingColon:        "A colon is missing: write %s:>5.",
	BadValue:            "%s",
	BadRange:            "Write a range as [a TO b].",
	FieldList:           "Inside a field, join values with OR and nothing else.",
	NestedField:         "A field cannot stand inside another field.",
	ImplicitAnd:         "No operator before this; AND is assumed.",
	LowercaseOperator:   "“%s” is read as a word; operators are written in capitals.",
	TildeOneWord:        "~ needs two words or more; it is ignored.",
	WildcardIgnored:     "* adds nothing here; it is ignored.",
	QuestionMark:        "? stands for exactly one more character; leave it out if it is punctuation.",
	LostPunctuation:     `Only “%s” is searched; write raw:"…" to keep the signs.`,
	TypographicQuotes:   "Typographic quotation marks are read as plain ones.",
	BroadQuery:          "Nothing here narrows the posts to a subject or a source; expect very many.",
	CostlyQuery:         "The query costs %s points; above 100,000 it may be slow to search.",
}

const (
	closesNothing      = "This bracket closes nothing."
	nothingBefore      = "Something must stand before this operator."
	minusAlone         = "The minus must touch what it excludes."
	endsBeforeItBegins = "This range ends before it begins."
	takesNoRange       = "This field takes no range."
)

// mostDiagnostics is how many problems are told.
const mostDiagnostics = 100

// problem is a diagnostic that nobody has asked to read yet.
type problem struct {
	code     Code
	at       int    // byte of the query as it was sent
	sentence string // "" for that of the code
	about    string // what the sentence quotes
}

// reporter collects problems in any order and keeps the first hundred.
type reporter struct {
	problems []problem
	told     int // reports so far, dropped ones too
	errors   bool
}

func (r *reporter) add(p problem) {
	r.told++
	r.errors = r.errors || p.code.Severity() == Error
	r.problems = append(r.problems, p)
	if len(r.problems) >= 16*mostDiagnostics {
		r.trim()
	}
}

func (r *reporter) trim() {
	slices.SortStableFunc(r.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.code, b.code))
	})
	r.problems = r.problems[:min(len(r.problems), mostDiagnostics)]
}

func (r *reporter) diagnostics() []Diagnostic {
	r.trim()
	list := make([]Diagnostic, len(r.problems))
	for i, p := range r.problems {
		list[i] = p.diagnostic()
	}
	return list
}

func (p problem) diagnostic() Diagnostic {
	d := Diagnostic{Code: p.code, Severity: p.code.Severity(), Offset: p.at}
	switch p.code {
	case UnknownField:
		d.Message, d.Suggestion = unknownField(p.about)
		return d
	case UnsupportedField:
		d.Message = unsupportedField(p.about)
		return d
	}
	d.Message = cmp.Or(p.sentence, sentences[p.code])
	if p.about != "" {
		d.Message = fmt.Sprintf(d.Message, p.about)
	}
	return d
}
