"""A text full of made-up secrets, put together here so that no file of the repository holds one."""

LINES = (
    "AWS_ACCESS_KEY_ID = 'AKI" + "AIOSFODNN7EXAMPLE'",
    "aws_secret_access_key = 'wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY'",
    "github = 'gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a'",
    "password = 'hunter2isnot" + "goodenough'",
    "slack = 'xox" + "b-263594206564-2343594206564-FGqddMF8t08v8N7Oq4i57vs1'",
    "stripe = 'sk_" + "live_ABCDEFGHIJKLMNOPQRSTUVWX'",
    "url = 'https://user:" + "s3cretpassw0rd@db.example.org/x'",
    "jwt = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9Pl'",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "npm = '//registry.example.org/:_authToken=npm" + "_abcdefghijklmnopqrstuvwxyz0123456789'",
    "sendgrid = 'SG" + ".ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr'",
    "openai = 'sk-" + "abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst'",
    "twilio = 'SK" + "0123456789abcdef0123456789abcdef'",
    "azure = 'AccountKey=lJzRc1YdHaAA2KCNJJ1tkYwF/+mKK6Ygw0NGe170Xu592euJv2wYUtBlV8z+qnlcNQSnIYVTkLWntUO1F8j8rQ=='",
    "mailchimp = '0123456789abcdef" + "0123456789abcdef-us12'",
    "telegram = '110201543:AAHdqTcvCH1v" + "GWJxfSeofSAs0K5PALDsaw1'",
    "gitlab = 'glpat-" + "abcdefghij0123456789'",
    "random = 'c3VwZXIg" + "bG9uZyBzdHJpbmcgc2hvdWxkIGNhdXNlIGVub3VnaCBlbnRyb3B5'",
)
TEXT = "\n".join(LINES) + "\n"
