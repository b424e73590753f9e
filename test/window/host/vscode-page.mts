import type { Page } from 'playwright-core';
import { ActivityBar } from './page/activity-bar.mts';
import { Notifications } from './page/notifications.mts';
import { QuickInput } from './page/quick-input.mts';
import { SettingsEditor } from './page/settings-editor.mts';
import { SideBar } from './page/side-bar.mts';
import { StatusBar } from './page/status-bar.mts';
import { TerminalPanel } from './page/terminal-panel.mts';
import { Tree } from './page/tree.mts';
import { WorkspaceTrust } from './page/workspace-trust.mts';
import { until } from './until.mts';

/** The workbench in a page: what a person sees of a window, and does in it. */
export class VsCodePage {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly activityBar: ActivityBar;
  readonly tree: Tree;
  readonly notifications: Notifications;
  readonly sideBar: SideBar;
  readonly settingsEditor: SettingsEditor;
  readonly statusBar: StatusBar;
  readonly terminal: TerminalPanel;
  readonly trust: WorkspaceTrust;
  readonly until = until;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.activityBar = new ActivityBar(page);
    this.tree = new Tree(page);
    this.notifications = new Notifications(page);
    this.sideBar = new SideBar(page);
    this.settingsEditor = new SettingsEditor(page);
    this.statusBar = new StatusBar(page);
    this.terminal = new TerminalPanel(page);
    this.trust = new WorkspaceTrust(page);
  }

  /** Runs a command from the palette by its title. */
  command(title: string): Promise<void> {
    return this.quickInput.run(title);
  }

  /** The workbench is drawn. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    await this.page.waitForSelector('.statusbar-item', { timeout: 60_000 });
  }
}
