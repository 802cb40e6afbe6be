package mix

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// language is a language's share of a stream and its most frequent words. A
// language without spaces joins its words.
type language struct {
	tag    string
	share  float64
	joined bool
	words  []string
}

var languages = []language{
	{"en", .46, false, strings.Fields(`the to and a of i is in it you that for this on my with be so just not was are have but
		at me like all what they about your if can out do get now up how more when we from one an really time people today good new
		day going think know still work back some than great never why right make love much because other after first here need
		their then these people's it's don't i'm can't that's phone price update support bug broken coffee game music book art`)},
	{"ja", .17, true, strings.Fields(`今日 は の が を に で と も です ます した いる ない こと これ それ 人 私 日 本 好き すごい 楽しい 見た 行く 食べ たい
		ゲーム アニメ カメラ コーヒー 電車 天気 朝 夜 ありがとう おはよう 新しい 可愛い 絵 描い 写真 音楽 仕事 明日 時間 大丈夫 ちょっと やっぱり`)},
	{"pt", .08, false, strings.Fields(`que de não eu o a é e um do da em para com uma os no se na mais por como mas foi você ele muito
		já está eu tem hoje só isso bem quando ser minha meu até dia gente aqui agora sempre nada tudo vida amor jogo também`)},
	{"de", .06, false, strings.Fields(`die der und das ist nicht ich in zu den mit ein auf es sich auch für im so wie von wir aber
		noch nur wenn man war haben hat mal schon heute immer mehr dann über wieder kann sehr gut alles leute könnte für schön größte`)},
	{"es", .05, false, strings.Fields(`que de la el en y a los no se por un con para es una lo las me más pero su como está si ya hay
		todo muy hoy cuando mi esto gracias día también nada vida siempre qué así años mañana él`)},
	{"ko", .04, false, strings.Fields(`오늘 진짜 너무 그냥 나는 이거 내가 그리고 정말 좋아 있는 없는 하는 같은 사람 시간 생각 우리 다시 지금 영화 커피 사진 게임 내일 아침 저녁 사랑해
		재미있다 감사합니다 먹었다 봤는데 귀여워`)},
	{"fr", .04, false, strings.Fields(`de la le et les des en un une que est pas pour dans qui sur je il ce on au plus avec ne mais se
		tout fait bien même très été aussi encore jamais être à ça où déjà français aujourd'hui c'est j'ai`)},
	{"zh", .03, true, strings.Fields(`今天 我 的 是 了 在 不 有 人 这 他 们 来 到 大 上 个 国 说 就 手机 很 好 真的 没有 什么 可以 觉得 喜欢 现在 时候 还是 朋友 工作 咖啡 太 贵`)},
	{"th", .02, true, strings.Fields(`วันนี้ มาก ไม่ ได้ ที่ เป็น และ ของ ให้ มี คน แล้ว จะ ก็ ไป ดี รัก อยาก เลย นะ ค่ะ ครับ สวย กิน ข้าว`)},
	{"fi", .02, false, strings.Fields(`ja on ei se että en hän mutta tämä niin kun mitä nyt vain kuin olen jos mä sä tänään kyllä hyvä
		vielä aina todella päivä työ kahvi huomenna täällä myös yhtään pitäisi mielestäni`)},
	{"ru", .02, false, strings.Fields(`и в не на я что он с как это по но из у за так все мне бы меня только ещё уже когда сегодня очень
		просто будет хорошо день можно время`)},
	{"ar", .01, false, strings.Fields(`في من على ما أن لا هذا يا كل مع إلى كان هو الله عن اليوم بعد شيء انا والله جدا الناس وقت`)},
}

var emoji = strings.Fields(`😂 ❤️ 🔥 😭 ✨ 🙏 👍🏽 😍 🤣 💜 🎉 😅 👀 🥲 🫶 🇫🇮 ☕ 📷`)

// Posts makes the stream, the same each time.
type Posts struct {
	w        *World
	r        *rand.Rand
	monitors int
	n        int
	time     time.Time
}

// Posts is the stream that is listened to by the first n monitors.
func (w *World) Posts(monitors int) *Posts {
	return &Posts{w: w, r: rand.New(rand.NewPCG(3, 5)), monitors: monitors, time: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
}

type (
	frame struct {
		DID    string `json:"did"`
		TimeUS int64  `json:"time_us"`
		Kind   string `json:"kind"`
		Commit commit `json:"commit"`
	}
	commit struct {
		Rev        string `json:"rev"`
		Operation  string `json:"operation"`
		Collection string `json:"collection"`
		RKey       string `json:"rkey"`
		Record     record `json:"record"`
		CID        string `json:"cid"`
	}
	record struct {
		Type      string   `json:"$type"`
		CreatedAt string   `json:"createdAt"`
		Langs     []string `json:"langs,omitempty"`
		Embed     any      `json:"embed,omitempty"`
		Facets    []facet  `json:"facets,omitempty"`
		Reply     *reply   `json:"reply,omitempty"`
		Text      string   `json:"text"`
	}
	ref struct {
		CID string `json:"cid"`
		URI string `json:"uri"`
	}
	reply struct {
		Parent ref `json:"parent"`
		Root   ref `json:"root"`
	}
	facet struct {
		Features []feature `json:"features"`
		Index    index     `json:"index"`
	}
	feature struct {
		Type string `json:"$type"`
		Tag  string `json:"tag,omitempty"`
		URI  string `json:"uri,omitempty"`
	}
	index struct {
		ByteEnd   int `json:"byteEnd"`
		ByteStart int `json:"byteStart"`
	}
	external struct {
		Type     string `json:"$type"`
		External struct {
			Description string `json:"description"`
			Title       string `json:"title"`
			URI         string `json:"uri"`
		} `json:"external"`
	}
	images struct {
		Type   string  `json:"$type"`
		Images []image `json:"images"`
	}
	image struct {
		Alt   string `json:"alt"`
		Image blob   `json:"image"`
	}
	blob struct {
		Type string `json:"$type"`
		Ref  struct {
			Link string `json:"$link"`
		} `json:"ref"`
		MimeType string `json:"mimeType"`
		Size     int    `json:"size"`
	}
)

// Next appends the next frame to dst.
func (p *Posts) Next(dst []byte) []byte {
	r := p.r
	p.n++
	p.time = p.time.Add(72 * time.Microsecond)
	lang := p.language()
	text := p.text(lang)
	if p.n%69 == 0 { // not every hit matches (exclusions, other words): one post in a hundred does
		text = p.hit(r.IntN(p.monitors)) + " " + text
	}
	uri := func() ref {
		return ref{"bafyrei" + letters(r, 52), "at://did:plc:" + did(r) + "/app.bsky.feed.post/" + letters(r, 13)}
	}
	rec := record{
		Type: "app.bsky.feed.post", CreatedAt: p.time.Format("2006-01-02T15:04:05.000Z"),
		Langs: []string{lang.tag}, Text: text,
	}
	if r.IntN(20) == 0 {
		rec.Langs = nil
	}
	if r.IntN(100) < 42 {
		root := uri()
		rec.Reply = &reply{Parent: uri(), Root: root}
	}
	if at := strings.IndexByte(text, '#'); at >= 0 {
		tag, _, _ := strings.Cut(text[at+1:], " ")
		rec.Facets = []facet{{[]feature{{Type: "app.bsky.richtext.facet#tag", Tag: tag}}, index{at + 1 + len(tag), at}}}
	}
	switch n := r.IntN(100); {
	case n < 18:
		var b blob
		b.Type, b.Ref.Link, b.MimeType, b.Size = "blob", "bafkrei"+letters(r, 52), "image/jpeg", 90_000+r.IntN(800_000)
		rec.Embed = images{"app.bsky.embed.images", []image{{"", b}}}
	case n < 28:
		e := external{Type: "app.bsky.embed.external"}
		e.External.Title, e.External.URI = p.words(lang, 6), "https://"+p.w.rare(r)+".example/"+letters(r, 8)
		rec.Embed = e
	}
	f := frame{
		DID: "did:plc:" + did(r), TimeUS: p.time.UnixMicro(), Kind: "commit",
		Commit: commit{Rev: letters(r, 13), Operation: "create", Collection: "app.bsky.feed.post", RKey: tid(p.time, r), Record: rec, CID: "bafyrei" + letters(r, 52)},
	}
	line, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("mix: encoding an invented post: %v", err)) // cannot happen: plain structs of strings
	}
	return append(dst, line...)
}

// tid is a record key as Bluesky makes them: it rises with time, which matters
// to whoever keeps posts by key (atproto.com/specs/tid).
func tid(at time.Time, r *rand.Rand) string {
	const alphabet = "234567abcdefghijklmnopqrstuvwxyz"
	v := uint64(at.UnixMicro())<<10 | uint64(r.IntN(1024))
	var b [13]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = alphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

func (p *Posts) language() *language {
	x := p.r.Float64()
	for i := range languages {
		if x -= languages[i].share; x < 0 {
			return &languages[i]
		}
	}
	return &languages[0]
}

// text is a post's text: lengths are spread as in real streams, mostly short
// with a long tail, up to about 300 characters.
func (p *Posts) text(lang *language) string {
	n := int(math.Exp(2.5 + .75*p.r.NormFloat64()))
	text := p.words(lang, min(max(n, 2), 48))
	if p.r.IntN(5) == 0 {
		text += " " + pick(p.r, emoji)
	}
	if p.r.IntN(9) == 0 {
		text += " #" + p.w.rare(p.r)
	}
	return text
}

func (p *Posts) words(lang *language, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 && !lang.joined {
			b.WriteByte(' ')
		}
		// Zipf-like: small numbers are far more frequent. Every fifth word is
		// of the long tail, in languages that are written with spaces.
		if !lang.joined && p.r.IntN(5) == 0 {
			b.WriteString(p.w.rare(p.r))
		} else {
			x := p.r.Float64()
			b.WriteString(lang.words[int(x*x*float64(len(lang.words)))])
		}
		if p.r.IntN(12) == 0 {
			b.WriteString(pick(p.r, []string{",", ".", "!", "?", "\n", "…"}))
		}
	}
	return b.String()
}

// hit is a text that the i-th monitor listens for, in most cases.
func (p *Posts) hit(i int) string {
	return brand(i) + " " + pick(p.r, productWords) + " " + pick(p.r, moodWords)
}
