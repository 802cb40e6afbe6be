package archive

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/archive/pack"
)

var update = flag.Bool("update", false, "train post.table anew (only before a release that has none: bodies need theirs)")

// TestTheTableFitsItsPosts trains the table with -update, and holds it to what
// it is for: an invented post in its stored form takes less than half.
func TestTheTableFitsItsPosts(t *testing.T) {
	if *update {
		var samples [][]byte
		r := rand.New(rand.NewPCG(11, 13))
		for range 12_000 {
			c := inventedContent(r)
			samples = append(samples, appendContent(nil, &c))
		}
		if err := os.WriteFile("post.table", pack.Train(samples, 2000), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Skip("trained; run again without -update")
	}
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(99, 13))
	plain, packed := 0, 0
	for range 2000 {
		c := inventedContent(r)
		body, _ := p.pack(nil, nil, &c)
		plain += len(appendContent(nil, &c))
		packed += len(body)
		var back content
		if err := p.unpack(body, &back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(appendContent(nil, &back), appendContent(nil, &c)) {
			t.Fatal("a post came back changed")
		}
	}
	t.Logf("%d bytes a post, packed from %d", packed/2000, plain/2000)
	if packed > plain/2 {
		t.Errorf("%d bytes a post, packed from %d: the table does not help", packed/2000, plain/2000)
	}
}

// talk is sentences that nobody has written, in the words that people use most.
var talk = map[string][]string{
	"en": strings.Split(strings.ReplaceAll(`I don't know what to do with this but it was great to see you all there yesterday|
The people who work there are really nice and they have always been good to me|
This is not the first time that something like that has happened and it won't be the last|
Just got home and I can't believe how much they want for one cup of coffee these days|
Would love to hear what you think about the new update, because for me it is still broken|
Good morning everyone! Have a wonderful day and thank you so much for your support|
Why does the app keep crashing every time I open it? It has been like this since Monday|
If you want to know more about how it works, there is a thread with all of the details here|
I think we should talk about this more often, it's important and nobody seems to care about it|
They said that it would take two weeks and now it's been over a month without any answer|
My favorite part of the movie was when he finally came back to the house where his family had lived|
Looking for recommendations: which phone has the best camera for less than three hundred?|
So happy with my order, it came very quickly and everything was just as described, thanks again|
The government should have done something about this years ago instead of waiting until now|
Can someone please explain to me why the train is always late when I need to be on time|
That was one of the best games I have ever played, the story and the music are amazing|
Today I learned that you could do this with only a few lines of code, which is pretty cool|
Watching the match tonight with some friends, let's go! What a goal, what a team, what a season|
She told me that her mother had never been there before and would like to come with us next year|
Still waiting for a refund from customer service, this is terrible and I will never buy from them again|
New video is out now, link in bio, please like and share with anybody who might be interested|
There are so many things that I wanted to say but there was not enough time for all of them|
Anyone else feeling tired today? I could sleep for another week and it would not be enough|
Here is a picture of my cat because we all need something good on a day like this`, "\n", ""), "|"),
	"de": strings.Split(strings.ReplaceAll(`Ich weiß nicht, was ich dazu noch sagen soll, aber das war wirklich sehr schön gestern|
Die Leute, die dort arbeiten, sind alle sehr nett und haben mir immer geholfen|
Das ist nicht das erste Mal, dass so etwas passiert, und es wird auch nicht das letzte Mal sein|
Guten Morgen zusammen! Ich wünsche euch einen schönen Tag und vielen Dank für eure Unterstützung|
Warum stürzt die App immer wieder ab, wenn ich sie öffnen möchte? Seit dem Update geht gar nichts mehr|
Wir müssen darüber reden, weil es für alle wichtig ist und sich sonst nichts ändern wird|
Heute habe ich gelernt, dass man das auch einfacher machen kann, ohne etwas zu bezahlen|
Kann mir jemand sagen, wo ich das neue Gerät kaufen kann? Es ist überall ausverkauft`, "\n", ""), "|"),
	"fr": strings.Split(strings.ReplaceAll(`Je ne sais pas quoi dire mais c'était vraiment très bien de vous voir tous hier soir|
Les gens qui travaillent là sont très gentils et ils ont toujours été là pour nous aider|
Ce n'est pas la première fois que cela arrive et ce ne sera pas la dernière, malheureusement|
Bonjour à toutes et à tous, bonne journée et merci beaucoup pour votre soutien|
Pourquoi est-ce que le train est toujours en retard quand je dois être à l'heure ?|
Il faut qu'on en parle, parce que c'est important pour tout le monde et que rien ne change`, "\n", ""), "|"),
	"es": strings.Split(strings.ReplaceAll(`No sé qué decir pero fue muy bueno verlos a todos ayer en la noche|
La gente que trabaja ahí es muy amable y siempre me ha ayudado con todo lo que necesito|
No es la primera vez que pasa algo así y tampoco va a ser la última, por desgracia|
Buenos días a todos, que tengan un buen día y muchas gracias por el apoyo de siempre|
¿Por qué la aplicación se cierra cada vez que la quiero abrir? Así no se puede trabajar|
Hoy aprendí que también se puede hacer de una manera más fácil cuando se tiene tiempo`, "\n", ""), "|"),
	"pt": strings.Split(strings.ReplaceAll(`Não sei o que dizer mas foi muito bom ver vocês todos ontem à noite, gente|
As pessoas que trabalham lá são muito legais e sempre me ajudaram em tudo que eu precisava|
Não é a primeira vez que isso acontece e também não vai ser a última, infelizmente|
Bom dia para todos, tenham um ótimo dia e muito obrigado pelo apoio de sempre|
Por que o aplicativo fecha toda vez que eu tento abrir? Assim não dá para trabalhar|
Eu só queria dormir mais um pouco hoje, mas já tenho que sair de casa agora`, "\n", ""), "|"),
	"fi": strings.Split(strings.ReplaceAll(`En tiedä mitä sanoa, mutta oli todella mukava nähdä teidät kaikki eilen illalla|
Hyvää huomenta kaikille! Toivottavasti teillä on hyvä päivä ja kiitos paljon tuesta|
Miksi tämä sovellus kaatuu aina kun yritän avata sen? Se ei ole toiminut kunnolla viikkoon|
Tänään opin että tämän voi tehdä paljon helpommin, kunhan vain muistaa tallentaa ensin`, "\n", ""), "|"),
	"ja": strings.Split(strings.ReplaceAll(`今日はとても楽しかったです。みんなに会えて本当によかった、ありがとうございました|
このアプリを開くたびに落ちてしまうのですが、どうすればいいですか？|
おはようございます。今日も一日頑張りましょう！いつも応援ありがとうございます|
新しいゲームを買ったけど、まだやる時間がないので週末まで待つことにした|
昨日見た映画がすごくよかったので、もう一度見に行きたいと思っています|
絵を描きました。見てくれてうれしいです。また明日も描くと思う`, "\n", ""), "|"),
	"zh": strings.Split(strings.ReplaceAll(`今天真的很开心，见到了大家，谢谢你们一直以来的支持|
为什么我每次打开这个应用都会闪退？已经一个星期了还是没有解决|
这个手机的拍照效果很好，但是电池不太行，你们觉得呢|
早上好，希望大家都有美好的一天，工作的时候也不要忘记休息`, "\n", ""), "|"),
	"ko": strings.Split(strings.ReplaceAll(`오늘 정말 너무 좋았어요. 모두 만나서 반가웠고 항상 응원해 주셔서 감사합니다|
이 앱은 열 때마다 꺼지는데 어떻게 해야 하나요? 일주일째 그대로예요|
좋은 아침입니다! 오늘도 좋은 하루 보내세요|
어제 본 영화가 진짜 재미있어서 다시 보고 싶다`, "\n", ""), "|"),
	"ru": strings.Split(strings.ReplaceAll(`Не знаю, что сказать, но было очень приятно увидеть всех вас вчера вечером|
Почему приложение закрывается каждый раз, когда я его открываю? Уже неделю ничего не работает|
Всем доброе утро! Хорошего дня и большое спасибо за вашу поддержку|
Это не первый раз, когда такое происходит, и точно не последний`, "\n", ""), "|"),
	"ar": strings.Split(strings.ReplaceAll(`لا أعرف ماذا أقول ولكن كان من الجميل جدا أن أرى الجميع أمس|
صباح الخير للجميع، أتمنى لكم يوما سعيدا وشكرا على دعمكم|
لماذا يتوقف التطبيق في كل مرة أحاول فتحه؟`, "\n", ""), "|"),
	"th": strings.Split(strings.ReplaceAll(`วันนี้สนุกมากเลย ดีใจที่ได้เจอทุกคน ขอบคุณสำหรับกำลังใจนะคะ|
ทำไมเปิดแอปแล้วเด้งออกทุกครั้งเลยครับ เป็นมาหลายวันแล้ว|
สวัสดีตอนเช้า ขอให้เป็นวันที่ดีของทุกคน`, "\n", ""), "|"),
}

var tongues = strings.Fields("en en en en en en en en en ja ja ja pt pt de de es es fr ko zh th fi ru ar")

// inventedContent is a row like those that the networks give.
func inventedContent(r *rand.Rand) content {
	lang := tongues[r.IntN(len(tongues))]
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(3 * 365 * 24 * time.Hour)))).Truncate(time.Millisecond)
	c := content{
		at: at, received: at.Add(time.Duration(r.IntN(1e9))).Truncate(time.Microsecond),
		source: hearth.SourceID(1 + r.IntN(4)), monitors: []hearth.MonitorID{hearth.MonitorID(1 + r.IntN(60))},
	}
	c.post = hearth.Post{Lang: lang, Published: at, Text: inventedText(r, lang)}
	p := &c.post
	switch n := r.IntN(10); {
	case n < 6:
		inventedBluesky(r, &c)
	case n < 8:
		inventedMastodon(r, p)
	default:
		inventedArticle(r, p)
	}
	p.Sentiment = []hearth.Sentiment{hearth.Neutral, hearth.Neutral, hearth.Positive, hearth.Negative}[r.IntN(4)]
	p.SentimentScore = hearth.KnownNumber(float64(r.IntN(200))/100 - 1)
	if r.IntN(4) == 0 {
		p.Intent = []hearth.Intent{hearth.Intents[r.IntN(5)]}
	}
	p.Spam = hearth.BoolOf(r.IntN(30) == 0)
	return c
}

func inventedBluesky(r *rand.Rand, c *content) {
	p := &c.post
	letters := func(n int) string { return scribble(r, n, "abcdefghijklmnopqrstuvwxyz234567") }
	record := func(did string) string {
		return "at://did:plc:" + did + "/app.bsky.feed.post/3" + scribble(r, 1, "klmnopq") + letters(11)
	}
	did := letters(24)
	p.Network, p.ID = "bluesky", record(did)
	p.URL = "https://bsky.app/profile/did:plc:" + did + "/post/" + p.ID[len(p.ID)-13:]
	c.revision = "3" + scribble(r, 1, "klmnopq") + letters(11)
	p.Author = hearth.Author{ID: "did:plc:" + did, Handle: name(r) + ".bsky.social"}
	if r.IntN(2) == 0 {
		p.Author.Name = strings.ToUpper(p.Author.Handle[:1]) + name(r)
	}
	if r.IntN(5) < 2 {
		p.InReplyTo = record(letters(24))
		p.Root = p.InReplyTo
		if r.IntN(2) == 0 {
			p.Root = record(letters(24))
		}
	}
	switch r.IntN(6) {
	case 0:
		p.Media = []hearth.Media{{Type: "image", URL: "https://cdn.bsky.app/img/feed_fullsize/plain/did:plc:" + did + "/bafkrei" + letters(52) + "@jpeg"}}
		if r.IntN(2) == 0 {
			p.Media[0].Alt = inventedText(r, p.Lang)
		}
	case 1:
		p.Links = []string{"https://www." + name(r) + ".com/" + name(r) + "/" + name(r)}
	}
	if i := strings.IndexByte(p.Text, '#'); i >= 0 {
		tag, _, _ := strings.Cut(p.Text[i+1:], " ")
		p.Hashtags = []string{tag}
	}
}

func inventedMastodon(r *rand.Rand, p *hearth.Post) {
	host := name(r) + "." + []string{"social", "example", "online", "art"}[r.IntN(4)]
	who := name(r)
	id := "11" + scribble(r, 16, "0123456789")
	p.Network, p.ID = "mastodon", "https://"+host+"/users/"+who+"/statuses/"+id
	p.URL = "https://" + host + "/@" + who + "/" + id
	p.Author = hearth.Author{ID: "https://" + host + "/users/" + who, Handle: who + "@" + host, Name: who, Followers: hearth.KnownCount(r.Int64N(3000))}
	p.Engagement = hearth.Engagement{Likes: hearth.KnownCount(r.Int64N(9)), Replies: hearth.KnownCount(0), Reposts: hearth.KnownCount(r.Int64N(4))}
	if r.IntN(3) == 0 {
		p.InReplyTo = "https://" + host + "/users/" + name(r) + "/statuses/11" + scribble(r, 16, "0123456789")
	}
}

func inventedArticle(r *rand.Rand, p *hearth.Post) {
	host := "https://www." + name(r) + ".com/"
	p.Network, p.Kind = "feed", hearth.Article
	p.ID = host + strconv.Itoa(2023+r.IntN(3)) + "/" + name(r) + "-" + name(r) + "-" + name(r)
	p.URL = p.ID
	p.Title = inventedText(r, p.Lang)
	p.Author = hearth.Author{Name: name(r) + " " + name(r)}
	for range r.IntN(4) {
		p.Text += " " + inventedText(r, p.Lang)
	}
}

// inventedText is pieces of sentences.
func inventedText(r *rand.Rand, lang string) string {
	var b strings.Builder
	list := talk[lang]
	for range 1 + r.IntN(3) {
		words := strings.SplitAfter(list[r.IntN(len(list))], " ")
		from := r.IntN(len(words))
		for _, w := range words[from:min(from+3+r.IntN(12), len(words))] {
			b.WriteString(w)
		}
		b.WriteString([]string{" ", ". ", "! ", "? ", "\n", ", ", " 😂 ", " ❤️", " 🔥"}[r.IntN(9)])
		if r.IntN(6) == 0 {
			b.WriteString(name(r))
		}
	}
	if r.IntN(6) == 0 {
		b.WriteString(" #" + name(r))
	}
	return strings.TrimSpace(b.String())
}

// name is a word that nobody is called.
func name(r *rand.Rand) string {
	const parts = "an be ca do el fi ga hu in jo ka lu mi na or pa qui ro sa te un vi wo xe ya zo mar tin ber ley son ster ton ral"
	list := strings.Fields(parts)
	var b strings.Builder
	for range 2 + r.IntN(3) {
		b.WriteString(list[r.IntN(len(list))])
	}
	if r.IntN(4) == 0 {
		fmt.Fprint(&b, r.IntN(100))
	}
	return b.String()
}

func scribble(r *rand.Rand, n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// TestRealTextsAreShortenedToo measures on texts that the table has not seen;
// they are people's, so they stay where they are.
func TestRealTextsAreShortenedToo(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "tweeteval", "emotion.jsonl.gz"))
	if err != nil {
		t.Skip("the shared texts are not on this machine")
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 13))
	lines := bufio.NewScanner(unzipped)
	n, plain, packed := 0, 0, 0
	for lines.Scan() {
		var line struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		c := inventedContent(r)
		c.post = hearth.Post{Lang: "en", Published: c.at, Text: line.Text, Sentiment: hearth.Neutral, SentimentScore: hearth.KnownNumber(.25), Spam: hearth.False}
		inventedBluesky(r, &c)
		body, _ := p.pack(nil, nil, &c)
		n++
		plain += len(appendContent(nil, &c))
		packed += len(body)
	}
	t.Logf("%d posts: %d bytes a post, packed from %d", n, packed/n, plain/n)
	if packed*2 > plain {
		t.Errorf("%d bytes a post, packed from %d", packed/n, plain/n)
	}
}
