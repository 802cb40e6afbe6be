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
// about 95 characters on average. Their language is given for those where an
// analyzer behind language needs it.
func Posts() []hearth.Post {
	posts := make([]hearth.Post, len(texts))
	for i, s := range texts {
		posts[i] = hearth.Post{Network: "bluesky", ID: "p", Text: s}
	}
	return posts
}

var texts = []string{
	"Just tried the new Brewlytic grinder and honestly it is the best thing in my kitchen, thank you for making it so quiet!! ☕",
	"@brewlytic my order has been stuck in \"processing\" for nine days and nobody answers your phone. What is going on? https://shop.example/orders/991",
	"Anyone know whether the Fjordbank app works on older tablets?",
	"lol",
	"Good morning everyone, the ferry leaves at nine and the weather looks fine over the archipelago today.",
	"I would love to see a dark mode in the Tuulia app, reading at night hurts my eyes 😩",
	"Thinking of buying the Lumo lamp this weekend. Is it worth the price or should I wait for the sale?",
	"Never again. Two hours on hold, rude staff, and they still charged me twice. #nordair #fail",
	"Der neue Kaffee von Brewlytic schmeckt wirklich ausgezeichnet, den kaufe ich bestimmt wieder 😊",
	"Seit drei Tagen geht bei euch gar nichts mehr, keine Antwort, keine Hilfe. Das ist einfach nur peinlich.",
	"Weiß jemand, ob der Laden am Hafen heute Abend noch offen hat?",
	"Junan piti lähteä kahdeksalta, mutta nyt odotamme jo toista tuntia eikä kukaan kerro mitään.",
	"Kiitos Tuulia-tiimi, uusi päivitys toimii loistavasti! 💙",
	"Onko kenelläkään kokemusta tästä pölynimurista, kannattaako ostaa?",
	"这家店的咖啡真的很好喝，服务员也很热情，下次还会再来！",
	"手机用了两天就坏了，客服一直不回复，太让人失望了。",
	"请问这个周末商店几点开门？",
	"新しいアプリ、とても使いやすくて気に入りました。ありがとうございます！",
	"配送がまた遅れているのですが、いつ届きますか？",
	"배송이 너무 늦어서 정말 실망했어요. 다시는 주문하지 않을 거예요.",
	"กาแฟร้านนี้อร่อยมาก บริการดี ราคาไม่แพง แนะนำเลยค่ะ",
	"Уже третий день не могу войти в приложение, поддержка молчит. Ужас какой-то((",
	"Спасибо большое, всё пришло вовремя и отлично упаковано)))",
	"التطبيق الجديد رائع جدا وسهل الاستخدام، شكرا لكم على هذا العمل",
	"El pedido llegó tarde y la caja estaba rota, pero atención al cliente respondió enseguida y me lo cambiaron.",
	"¿Alguien sabe si la tienda de la plaza abre los domingos?",
	"Le service client ne répond jamais, c'est vraiment lamentable. Je change de fournisseur dès demain.",
	"Merci beaucoup pour votre aide, tout fonctionne parfaitement maintenant !",
	"Adorei o novo cardápio, a comida estava deliciosa e o atendimento foi muito simpático 😍",
	"Il treno è di nuovo in ritardo di quaranta minuti e come sempre nessuna spiegazione.",
	"De bezorger was erg vriendelijk en het pakket kwam precies op tijd, top!",
	"Den nya versionen kraschar hela tiden på min telefon, kan ni fixa det snart?",
	"RT @nordair: We are opening twelve new routes this summer, from Oulu to Porto. Book now at https://nordair.example/summer",
	"Market update: shares of Fjordbank closed 2.4 percent lower on Tuesday after the company published its quarterly report.",
	"Yeni telefon harika ama kargo biraz geç geldi, yine de teşekkürler.",
	"Aplikasinya bagus banget, tapi kadang suka lemot kalau dibuka malam hari.",
	"Cửa hàng này phục vụ rất tốt, mình sẽ quay lại lần sau.",
	"Застосунок став працювати набагато швидше після оновлення, дякую розробникам!",
	"Obsługa bardzo miła, ale na zamówienie czekałem prawie godzinę.",
	"OMG the concert last night was AMAZING!!! best night of my life 🔥🔥🔥 @lumenband #lumen #tour",
}
