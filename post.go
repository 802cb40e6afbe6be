package hearth

import "time"

// Post is content seen anywhere: one version of one document, as section 1 of
// the query language describes it. Network, ID and Text are always present
// (Text may be empty); any other field's zero value means missing.
//
// The strings of a decoded post may share the memory of the bytes it was read
// from; keep a post beyond its batch only through Clone.
type Post struct {
	Network string // lower-case name of the network, [a-z0-9-], 1–32 characters
	ID      string // the post's id on its network, opaque, 1–512 bytes
	URL     string // permanent address, at most 2,048 bytes
	Kind    Kind   // as sent; KindOf fills in a missing one
	Author  Author
	Title   string // at most 1,000 characters of plain text
	Text    string // at most 200,000 characters of plain text
	Lang    string // BCP 47 tag

	Published time.Time // UTC, to the nanosecond

	InReplyTo string // id of the parent on the same network
	Root      string // id of the first post of the thread
	Quotes    string // id of the quoted post
	RepostOf  string // id of the reposted post

	Links    []string // expanded addresses, at most 100
	Media    []Media  // at most 50
	Hashtags []string // as the network lists them, at most 200
	Mentions []string // likewise

	Engagement Engagement
	Rating     Number // 0 to 5
	Item       string // product or place reviewed, at most 500 characters
	Place      Place

	Tags           []string // set in Hearth by people and rules, at most 100
	Sentiment      Sentiment
	SentimentScore Number   // −1 … 1, how negative or positive the analysis finds it
	Intent         []Intent // any number of them
	Spam           Bool

	// Corrections are what people say of the fields above against the analysis,
	// at most one a field; the fields hold what they say.
	Corrections []Correction
}

// Correction is that a person said what a field of a post is to be.
type Correction struct {
	Field   string    // lang, sentiment, intent or spam
	Machine string    // what stood there without it; "": nothing
	By      UserID    // 0: the operator of the machine
	At      time.Time // UTC, to the microsecond
}

// Author is a profile on one network as it stood when the post was read.
type Author struct {
	ID        string
	Handle    string // without @
	Name      string
	URL       string
	Followers Count
	Verified  Bool
	Bot       Bool // the network says that the account is automated, which is what its owner told it
}

// Media is a picture, film or sound of a post.
type Media struct {
	Type string // image, video or audio
	URL  string
	Alt  string // description, at most 10,000 characters
}

// Place is where a post was written or what it is about.
type Place struct {
	Country string // ISO 3166-1, two letters
	Region  string
	City    string
	Lat     Number // degrees, WGS 84
	Lon     Number
}

// Engagement holds the counts at the last refresh.
type Engagement struct {
	Likes, Replies, Reposts, Quotes, Views Count
}

// Total is likes, replies, reposts and quotes together; missing parts count as
// 0, and it is missing if all of them are.
func (e Engagement) Total() Count {
	var total Count
	for _, c := range [...]Count{e.Likes, e.Replies, e.Reposts, e.Quotes} {
		if c.Known {
			total = Count{N: total.N + c.N, Known: true}
		}
	}
	return total
}

// Count is an integer ≥ 0 that may be missing.
type Count struct {
	N     int64
	Known bool
}

// Number is a decimal that may be missing.
type Number struct {
	V     float64
	Known bool
}

// KnownCount is a count that is there.
func KnownCount(n int64) Count { return Count{N: n, Known: true} }

// KnownNumber is a number that is there.
func KnownNumber(v float64) Number { return Number{V: v, Known: true} }

// Bool is a truth value that may be missing.
type Bool uint8

const (
	Unknown Bool = iota
	False
	True
)

// BoolOf is True or False.
func BoolOf(b bool) Bool {
	if b {
		return True
	}
	return False
}

// Kind is what a post is to others.
type Kind string

const (
	Original Kind = "original"
	Reply    Kind = "reply"
	Repost   Kind = "repost"
	Quote    Kind = "quote"
	Review   Kind = "review"
	Question Kind = "question"
	Answer   Kind = "answer"
	Message  Kind = "message"
	Article  Kind = "article"
	Comment  Kind = "comment"
)

// Kinds lists every kind, in the order of the specification.
var Kinds = [...]Kind{Original, Reply, Repost, Quote, Review, Question, Answer, Message, Article, Comment}

// KindOf is the post's kind; a missing one follows from what the post points
// to: repost before quote before reply before original.
func (p *Post) KindOf() Kind {
	switch {
	case p.Kind != "":
		return p.Kind
	case p.RepostOf != "":
		return Repost
	case p.Quotes != "":
		return Quote
	case p.InReplyTo != "":
		return Reply
	}
	return Original
}

// Sentiment is how a post feels about its subject.
type Sentiment string

const (
	Positive Sentiment = "positive"
	Neutral  Sentiment = "neutral"
	Negative Sentiment = "negative"
)

// Intent is what the author wants; several may hold.
type Intent string

const (
	Complaint  Intent = "complaint"
	Asking     Intent = "question"
	Praise     Intent = "praise"
	Suggestion Intent = "suggestion"
	Purchase   Intent = "purchase"
)

// Intents lists every intent, in the order of the specification.
var Intents = [...]Intent{Complaint, Asking, Praise, Suggestion, Purchase}

// Key names a post: the pair is unique in a workspace.
type Key struct {
	Network string
	ID      string
}

// Key is the post's name.
func (p *Post) Key() Key { return Key{Network: p.Network, ID: p.ID} }
