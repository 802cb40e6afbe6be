package sentiment_test

import (
	"fmt"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/sentiment"
	"hearth/text"
)

// TestPlainStatementsAreMostlyNeutral asks for what labelled sets of reviews do not
// teach: that most of what people write is no judgement.
func TestPlainStatementsAreMostlyNeutral(t *testing.T) {
	t.Parallel()
	a := sentiment.Analyzer()
	statements := [][2]string{
		{"fi", "Kauppa aukeaa maanantaina kello kymmenen."},
		{"fi", "Juna lähtee raiteelta viisi."},
		{"fi", "Mistä löytyy lähin pysäkki?"},
		{"fi", "Kokous pidetään torstaina kaupungintalolla."},
		{"fi", "Menen huomenna töihin bussilla"},
		{"zh", "这家店周一十点开门。"},
		{"zh", "会议将在星期四举行"},
		{"zh", "请问最近的车站在哪里？"},
		{"zh", "我明天坐公交车去上班"},
		{"sv", "Butiken öppnar på måndag klockan tio"},
		{"nl", "De winkel gaat maandag om tien uur open"},
		{"ja", "店は月曜日の十時に開きます"},
		{"ko", "가게는 월요일 열 시에 문을 엽니다"},
		{"tr", "Mağaza pazartesi günü saat onda açılıyor"},
		{"id", "Toko buka hari Senin jam sepuluh"},
		{"ru", "Магазин открывается в понедельник в десять"},
		{"th", "ร้านเปิดวันจันทร์เวลาสิบโมง"},
		{"ar", "يفتح المتجر يوم الاثنين في الساعة العاشرة"},
		{"es", "La tienda abre el lunes a las diez"},
		{"fr", "Le magasin ouvre lundi à dix heures"},
		{"pt", "A loja abre na segunda às dez"},
		{"it", "Il negozio apre lunedì alle dieci"},
		{"de", "Der Laden öffnet am Montag um zehn Uhr"},
	}
	var judged []string
	for _, c := range statements {
		post := &hearth.Post{Lang: c[0], Text: c[1]}
		var doc text.Doc
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		if post.Sentiment != hearth.Neutral && post.Sentiment != "" {
			judged = append(judged, fmt.Sprintf("%s: %s is %s (%.3f)", c[0], c[1], post.Sentiment, post.SentimentScore.V))
		}
	}
	if len(judged)*3 > len(statements) {
		t.Errorf("%d of %d statements are judged:\n%s", len(judged), len(statements), strings.Join(judged, "\n"))
	}
}
