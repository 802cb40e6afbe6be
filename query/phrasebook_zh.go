package query

// chinese lists conditions.
var chinese = &phrasebook{
	posts: [2]string{"符合以下条件的帖子：", "。"}, and: " 且 ", or: " 或 ", not: "不符合", brackets: [2]string{"（", "）"}, quotes: [2]string{"“", "”"},
	comma: "、", last: "和", wordCounts: [2]string{"1 个词", "%s 个词"},
	near: "在 %s以内靠近", onear: "之后 %s以内出现", sentence: "与同一句中的", window: "词语%s彼此相距不超过 %s",
	exactly: "完全一致的%s", characters: "字符%s", phrase: "短语%s", word: "词语%s", prefix: "以%s开头的词", pattern: "形如%s的词",
	hashtag: "话题标签 %s", mention: "提及 %s", cashtag: "股票标签 %s", emoji: "表情 %s", emojiAsWritten: "原样的表情 %s",
	raw: "原样的字符%s", title: "标题中有", body: "正文中有", alt: "图片描述中有",

	numbers: comparison{"%s", "超过 %s", "至少 %s", "少于 %s", "至多 %s", "%s 到 %s"},
	days:    comparison{"为 %s", "晚于 %s", "不早于 %s", "早于 %s", "不晚于 %s", "从 %s 到 %s"},
	moments: comparison{"为 %s", "晚于 %s", "不早于 %s", "早于 %s", "不晚于 %s", "从 %s 到 %s"},
	day:     "2006年1月2日", moment: "2006年1月2日 15:04:05.999999999 UTC", thousands: ",", point: ".",

	fields: map[FieldName]called{
		FieldNetwork: {before: "网络 "}, FieldID: {before: "编号 "}, FieldURL: {before: "地址 "}, FieldLink: {before: "链接指向 "}, FieldSite: {before: "站点 "},
		FieldDomain: {before: "域名 "}, FieldTLD: {before: "顶级域名 "}, FieldAuthor: {before: "作者 "}, FieldAuthorID: {before: "作者编号 "},
		FieldFollowers: {before: "粉丝数 "}, FieldLang: {before: "语言 "}, FieldCountry: {before: "国家 "}, FieldRegion: {before: "地区 "}, FieldCity: {before: "城市 "},
		FieldLat: {before: "纬度 "}, FieldLon: {before: "经度 "}, FieldHashtag: {before: "话题标签 "}, FieldMention: {before: "提及 "}, FieldTag: {before: "标签 "},
		FieldReplyTo: {before: "回复 "}, FieldRoot: {before: "会话 "}, FieldQuoted: {before: "引用 "}, FieldRepostOf: {before: "转发 "}, FieldLikes: {before: "点赞数 "},
		FieldReplies: {before: "回复数 "}, FieldReposts: {before: "转发数 "}, FieldQuotes: {before: "引用数 "}, FieldViews: {before: "浏览数 "},
		FieldEngagement: {before: "互动数 "}, FieldRating: {before: "评分 "}, FieldItem: {before: "评价对象 "}, FieldCorrector: {before: "由以下成员更正：成员 "},
		FieldPublished: {before: "发布时间"}, FieldMinute: {before: "一天中的第几分钟："}, FieldCopies: {before: "内容相同的帖子数 "}, FieldCopy: {before: "与以下帖子内容相同："},
		FieldTopic: {before: "话题 "}, SharedList: {before: "列表中的任意内容："},
	},
	values: map[FieldName]map[string]string{
		FieldVerified:  {"true": "作者已认证", "false": "作者未认证"},
		FieldSpam:      {"true": "标为垃圾信息", "false": "未标为垃圾信息"},
		FieldSentiment: {"positive": "正面情感", "neutral": "中性情感", "negative": "负面情感"},
		FieldIntent:    {"complaint": "投诉", "question": "提问", "praise": "称赞", "suggestion": "建议", "purchase": "购买意向"},
		FieldBot:       {Declared: "账号自称自动发布", Likely: "账号很可能自动发布", Possible: "账号可能自动发布", Unlikely: "账号没有自动发布的迹象"},
		FieldCorrected: {"yes": "经人更正", "lang": "语言经更正", "sentiment": "情感经更正", "intent": "意图经更正", "spam": "垃圾信息判断经更正"},
		FieldIs: {
			"original": "类型为原创", "reply": "类型为回复", "repost": "类型为转发", "quote": "类型为引用", "review": "类型为评价", "question": "类型为问题",
			"answer": "类型为回答", "message": "类型为消息", "article": "类型为文章", "comment": "类型为评论",
		},
		FieldHas: {
			"image": "含图片", "video": "含视频", "audio": "含音频", "media": "含任意媒体", "alt": "含图片描述", "link": "含链接", "hashtag": "含话题标签",
			"mention": "含提及", "title": "含标题", "place": "含地点", "rating": "含评分",
		},
	},
}
