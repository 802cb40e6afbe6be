package query

import (
	"time"

	"hearth/text"
)

// Query is a sound query: analysed, within all limits, with its cost. It is
// immutable and may be used by many goroutines at once.
type Query struct {
	Root Node // with what is in its lists in their place
	Cost int  // points, section 8

	Written Node // with its lists by name, as it prints; nil: it has none
}

// Node is one part of an analysed query: And, Or, Not, Near, Term, Window,
// Raw, Scope or Field. Nodes are values; nobody changes one after Parse.
type Node interface{ node() }

// And holds when all of its parts hold. It has two parts or more, none of
// which is an And.
type And struct{ Parts []Node }

// Or holds when one of its parts holds. It has two parts or more, none of
// which is an Or.
type Or struct{ Parts []Node }

// Not holds when its part does not.
type Not struct{ Part Node }

// Near is a chain of spots in one stream: Links[i] joins Spots[i] and
// Spots[i+1], and one occurrence of each spot serves both its links. A spot is
// a Term or an Or of Terms; there are two or more. Neighbours in the chain may
// not overlap; other spots may.
type Near struct {
	Spots []Node
	Links []Link
}

// Link says how two neighbouring spots of a Near must stand.
type Link struct {
	Kind LinkKind
	N    int // most words between the two, 0 … 1000; a Character token is half a word. Unused by LinkSentence
}

// LinkKind is the operator between two spots.
type LinkKind uint8

const (
	LinkNear     LinkKind = iota // NEAR/n: at most N words apart, in any order
	LinkOnear                    // ONEAR/n, NEAR/nf: likewise, the left one first
	LinkSentence                 // SENTENCE: all tokens of both in one sentence
)

// Term is a word or a phrase: its elements stand one after the other in one
// stream with no token between. It has one element or more.
type Term struct {
	Elements []Element
	Exact    bool // written in braces: every element compares its exact spelling

	// Listed is set where the whole term is one #hashtag or @mention outside
	// proximity, windows and text fields: the term holds also if the post's
	// list of that kind (Post.Hashtags, Post.Mentions) holds the name. Compare
	// with Element.InList.
	Listed bool
}

// Element is one demand on the text at one place of a phrase.
type Element struct {
	Kind  ElementKind
	Class text.Class   // of a token; the text's token must have the same
	Tag   text.TagKind // of a tag; the text's tag must have the same
	By    Spelling     // which spelling of the token or of the tag's name is compared

	// Text is the spelling asked for, without the sign of a tag. With
	// wildcards it is the pattern as it prints, and Pattern says the same in
	// pieces; without, Pattern is nil. AnyCharacter has neither.
	Text    string
	Pattern Pattern

	// Prefix: the spelling need only begin so (Korean words outside braces).
	Prefix bool

	// Touches: the token must touch the one that the element before took.
	// Only Character tokens and AnyCharacter ask for this.
	Touches bool

	// RunStart and RunEnd: the token must begin, or end, a run of touching
	// Katakana tokens of the text (Katakana in braces).
	RunStart, RunEnd bool
}

// ElementKind is what an element takes from the text.
type ElementKind uint8

const (
	Token        ElementKind = iota // one token
	Tag                             // one tag, with all the tokens it covers
	AnyCharacter                    // one token of class Character, whatever it is
)

// Spelling names one of the three spellings of a token, a tag's name or, for
// the values of fields, a string.
type Spelling uint8

const (
	Plain  Spelling = iota // without case and diacritics
	Folded                 // without case
	Exact                  // as written (NFKC)
)

// Hash is text.Hash of the spelling asked for; it means nothing for a pattern,
// a prefix or AnyCharacter.
func (e *Element) Hash() uint64 { return text.Hash(e.Text) }

// Pattern is a spelling with wildcards in pieces, first to last. No two
// AnyRun pieces and no two literals follow each other.
type Pattern []Piece

// Piece is one piece of a pattern.
type Piece struct {
	Kind    PieceKind
	Literal string // of a Literal piece
}

// PieceKind is what a piece stands for.
type PieceKind uint8

const (
	Literal PieceKind = iota // exactly this text
	AnyRun                   // `*`: any number of characters, also none
	AnyOne                   // `?`: one character that is not a mark, with all marks after it
)

// Window holds when each part, a phrase of its own, occurs once in one stream,
// without overlap and in any order, and the tokens passed over between the
// first and the last are at most N words wide in all. It has 2 to 8 parts.
type Window struct {
	Parts []Term
	N     int
}

// Raw holds when one of its values is a substring of raw(stream) (section 2.7)
// with neither end inside a token.
type Raw struct{ Values []string } // in raw form: text.RawForm

// Scope asks its part of the streams of one kind only. Outside any scope,
// operands look at title and text. There is no scope or field inside a scope.
type Scope struct {
	Field text.Field
	Part  Node
}

// Field holds when one of the post's values equals one of Values. The type of
// the values is the same throughout and follows from the name (Fields).
type Field struct {
	Name   FieldName
	Values []Value
}

// FieldName is the main name of a field, in lower case.
type FieldName string

const (
	FieldNetwork    FieldName = "network"     // StringValue
	FieldID         FieldName = "id"          // IDValue
	FieldURL        FieldName = "url"         // AddressValue
	FieldLink       FieldName = "link"        // AddressValue
	FieldSite       FieldName = "site"        // HostValue: the host of url
	FieldDomain     FieldName = "domain"      // HostValue: the host of url or any above it
	FieldTLD        FieldName = "tld"         // HostValue: its last labels, never all
	FieldAuthor     FieldName = "author"      // StringValue: handle or name
	FieldAuthorID   FieldName = "authorid"    // IDValue
	FieldFollowers  FieldName = "followers"   // CountValue
	FieldVerified   FieldName = "verified"    // BoolValue
	FieldBot        FieldName = "bot"         // WordValue: how likely the account is automated
	FieldLang       FieldName = "lang"        // LanguageValue
	FieldCountry    FieldName = "country"     // WordValue
	FieldRegion     FieldName = "region"      // StringValue
	FieldCity       FieldName = "city"        // StringValue
	FieldLat        FieldName = "lat"         // DecimalValue
	FieldLon        FieldName = "lon"         // DecimalValue
	FieldHashtag    FieldName = "hashtag"     // StringValue: in title, text and the list
	FieldMention    FieldName = "mention"     // StringValue: likewise
	FieldTag        FieldName = "tag"         // StringValue
	FieldReplyTo    FieldName = "replyto"     // IDValue
	FieldRoot       FieldName = "root"        // IDValue
	FieldQuoted     FieldName = "quoted"      // IDValue
	FieldRepostOf   FieldName = "repostof"    // IDValue
	FieldLikes      FieldName = "likes"       // CountValue
	FieldReplies    FieldName = "replies"     // CountValue
	FieldReposts    FieldName = "reposts"     // CountValue
	FieldQuotes     FieldName = "quotes"      // CountValue
	FieldViews      FieldName = "views"       // CountValue
	FieldEngagement FieldName = "engagement"  // CountValue: Engagement.Total
	FieldRating     FieldName = "rating"      // DecimalValue
	FieldItem       FieldName = "item"        // StringValue
	FieldSentiment  FieldName = "sentiment"   // WordValue
	FieldIntent     FieldName = "intent"      // WordValue
	FieldSpam       FieldName = "spam"        // BoolValue
	FieldCorrected  FieldName = "corrected"   // WordValue: yes, or what was
	FieldCorrector  FieldName = "correctedby" // StringValue: a hearth.UserID
	FieldPublished  FieldName = "published"   // DateValue
	FieldMinute     FieldName = "minute"      // CountValue: minute of the UTC day of published
	FieldIs         FieldName = "is"          // WordValue: a hearth.Kind
	FieldHas        FieldName = "has"         // WordValue
	FieldCopies     FieldName = "copies"      // CountValue: posts that tell the same text; see ParseStored
	FieldCopy       FieldName = "copy"        // IDValue: of a post that tells the same text; likewise
	FieldTopic      FieldName = "topic"       // TopicValue: likewise
	SharedList      FieldName = "list"        // ListValue; never in a Query's Root
)

// StringValue is compared with the post's string by key (section 2.7), whole
// against whole: with its plain spelling or its folded one, never exact.
type StringValue struct {
	By      Spelling
	Text    string  // a literal * or ? stands as it is here; Pattern knows better
	Pattern Pattern // nil without wildcards
}

// IDValue is equal byte for byte.
type IDValue string

// AddressValue is an address in compared form: host, path and query string
// without scheme, fragment and closing slashes. It matches an equal address
// and one that continues with /, ? or &.
type AddressValue string

// HostValue is the compared form of a host.
type HostValue string

// WordValue is one of a closed list of words, or a country, in lower case.
type WordValue string

// LanguageValue is a BCP 47 tag in lower case with hyphens; it matches itself
// and what extends it by a hyphen.
type LanguageValue string

// BoolValue is true or false; a missing value equals neither.
type BoolValue bool

// Op says how a number or date is compared.
type Op uint8

const (
	Equal   Op = iota // equal; a day: within it
	Over              // >
	AtLeast           // >=
	Under             // <
	AtMost            // <=
	Between           // [From TO To], both ends included
)

// CountValue compares integers. Between uses both ends, every other Op From.
type CountValue struct {
	Op       Op
	From, To int64
}

// DecimalValue compares 64-bit floats likewise.
type DecimalValue struct {
	Op       Op
	From, To float64
}

// DateValue compares moments likewise.
type DateValue struct {
	Op       Op
	From, To Date
}

// Date is a whole UTC day or one moment.
type Date struct {
	Start time.Time // UTC; midnight of a day
	Day   bool
}

func (And) node()    {}
func (Or) node()     {}
func (Not) node()    {}
func (Near) node()   {}
func (Term) node()   {}
func (Window) node() {}
func (Raw) node()    {}
func (Scope) node()  {}
func (Field) node()  {}
