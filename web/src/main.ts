import './design/app.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { prepareLanguage } from './language/language.svelte.ts'

await prepareLanguage()
const target = document.getElementById('app')
if (target) mount(App, { target })
