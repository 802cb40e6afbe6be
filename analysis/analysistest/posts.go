package analysistest

import (
	"hearth"
	"hearth/text"
)

// Read makes the document of a post as the product does.
func Read(doc *text.Doc, post *hearth.Post) {
	doc.Reset()
	if post.Title != "" {
		doc.Add(text.Title, post.Title)
	}
	doc.Add(text.Text, post.Text)
}

// Posts are invented posts in the languages and lengths of a public stream,
// about 75 characters on average, without or with their language.
func Posts(lang bool) []hearth.Post {
	posts := make([]hearth.Post, len(texts))
	for i, t := range texts {
		posts[i] = hearth.Post{Network: "bluesky", ID: "p", Text: t.text}
		if lang {
			posts[i].Lang = t.lang
		}
	}
	return posts
}

var texts = []struct{ lang, text string }{
	{"en", "Just tried the new Brewlytic grinder and honestly it is the best thing in my kitchen, thank you for making it so quiet!! ☕"},
	{"en", "@brewlytic my order has been stuck in \"processing\" for nine days and nobody answers your phone. What is going on? https://shop.example/orders/991"},
	{"en", "Anyone know whether the Fjordbank app works on older tablets?"},
	{"en", "lol"},
	{"en", "Good morning everyone, the ferry leaves at nine and the weather looks fine over the archipelago today."},
	{"en", "I would love to see a dark mode in the Tuulia app, reading at night hurts my eyes 😩"},
	{"en", "Thinking of buying the Lumo lamp this weekend. Is it worth the price or should I wait for the sale?"},
	{"en", "Never again. Two hours on hold, rude staff, and they still charged me twice. #nordair #fail"},
	{"de", "Der neue Kaffee von Brewlytic schmeckt wirklich ausgezeichnet, den kaufe ich bestimmt wieder 😊"},
	{"de", "Seit drei Tagen geht bei euch gar nichts mehr, keine Antwort, keine Hilfe. Das ist einfach nur peinlich."},
	{"de", "Weiß jemand, ob der Laden am Hafen heute Abend noch offen hat?"},
	{"fi", "Junan piti lähteä kahdeksalta, mutta nyt odotamme jo toista tuntia eikä kukaan kerro mitään."},
	{"fi", "Kiitos Tuulia-tiimi, uusi päivitys toimii loistavasti! 💙"},
	{"fi", "Onko kenelläkään kokemusta tästä pölynimurista, kannattaako ostaa?"},
	{"zh", "这家店的咖啡真的很好喝，服务员也很热情，下次还会再来！"},
	{"zh", "手机用了两天就坏了，客服一直不回复，太让人失望了。"},
	{"zh", "请问这个周末商店几点开门？"},
	{"ja", "新しいアプリ、とても使いやすくて気に入りました。ありがとうございます！"},
	{"ja", "配送がまた遅れているのですが、いつ届きますか？"},
	{"ko", "배송이 너무 늦어서 정말 실망했어요. 다시는 주문하지 않을 거예요."},
	{"th", "กาแฟร้านนี้อร่อยมาก บริการดี ราคาไม่แพง แนะนำเลยค่ะ"},
	{"ru", "Уже третий день не могу войти в приложение, поддержка молчит. Ужас какой-то(("},
	{"ru", "Спасибо большое, всё пришло вовремя и отлично упаковано)))"},
	{"ar", "التطبيق الجديد رائع جدا وسهل الاستخدام، شكرا لكم على هذا العمل"},
	{"es", "El pedido llegó tarde y la caja estaba rota, pero atención al cliente respondió enseguida y me lo cambiaron."},
	{"es", "¿Alguien sabe si la tienda de la plaza abre los domingos?"},
	{"fr", "Le service client ne répond jamais, c'est vraiment lamentable. Je change de fournisseur dès demain."},
	{"fr", "Merci beaucoup pour votre aide, tout fonctionne parfaitement maintenant !"},
	{"pt", "Adorei o novo cardápio, a comida estava deliciosa e o atendimento foi muito simpático 😍"},
	{"it", "Il treno è di nuovo in ritardo di quaranta minuti e come sempre nessuna spiegazione."},
	{"nl", "De bezorger was erg vriendelijk en het pakket kwam precies op tijd, top!"},
	{"sv", "Den nya versionen kraschar hela tiden på min telefon, kan ni fixa det snart?"},
	{"en", "RT @nordair: We are opening twelve new routes this summer, from Oulu to Porto. Book now at https://nordair.example/summer"},
	{"en", "Market update: shares of Fjordbank closed 2.4 percent lower on Tuesday after the company published its quarterly report."},
	{"tr", "Yeni telefon harika ama kargo biraz geç geldi, yine de teşekkürler."},
	{"id", "Aplikasinya bagus banget, tapi kadang suka lemot kalau dibuka malam hari."},
	{"vi", "Cửa hàng này phục vụ rất tốt, mình sẽ quay lại lần sau."},
	{"uk", "Застосунок став працювати набагато швидше після оновлення, дякую розробникам!"},
	{"pl", "Obsługa bardzo miła, ale na zamówienie czekałem prawie godzinę."},
	{"en", "OMG the concert last night was AMAZING!!! best night of my life 🔥🔥🔥 @lumenband #lumen #tour"},
}
